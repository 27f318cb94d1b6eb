"""What an experiment was asked for, from its plan as the store has it: a grid of settings on each
line, NAME=value,value ..."""


# The cell of which exact counts are stored, and which is explained where no other is asked for.
STANDARD = {"KEY": "u64", "HASH": "xxh3", "PATTERNS": "shuffled", "SCALES": "100000"}


def command(variant, target, **given):
    """What to type for a composition; settings that are the standard ones are left out."""
    words = {"VARIANT": variant} | {name: str(value) for name, value in given.items()
                                    if str(value) != STANDARD[name]}
    return " ".join(["make", *(f"{name}={value}" for name, value in words.items()), target])


def read(plan):
    """{name: its values, in the order in which the plan names them}, of all grids together."""
    found = {}
    for word in plan.split():
        name, equals, values = word.partition("=")
        if equals:
            found.setdefault(name, {}).update(dict.fromkeys(values.split(",")))
    return {name: list(values) for name, values in found.items()}


def grids(plan):
    return len(plan.splitlines())


def label(name):
    """A composition or a library as tables call it: directories by their last component."""
    return "+".join(part.rstrip("/").rpartition("/")[2] for part in name.split("+"))


def place(name, known):
    """Where something stands in a list; what is not in it comes last, by its name."""
    return (known.index(name) if name in known else len(known), name)
