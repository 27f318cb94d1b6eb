"""Settings, by the names that make and plans give them: what a value may be, and what an experiment was asked for.

A report takes those that its function has as parameters (lab.__main__): SCALES is the parameter scales, or scale
where it takes one value only; HASH is hash, or hashes where it takes several.
"""
import pathlib
import re
import sys

from .command import BadSetting
from .printing import PATTERNS
from .store import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import compose  # noqa: E402

# What all is held against: the plainest answer to every question of the trie, and the design of libhamt.
BASELINE, REFERENCE = "list", "reference"
# The baseline of what was measured when list still forbade the compiler to inline: that is outline, now.
STORED_BASELINE = "outline"
# What is shown beside others, in this order.
USUAL = [BASELINE, STORED_BASELINE, "lazy", "outline+lazy", "phase3", REFERENCE]
# The cell of which exact counts are stored, and which is explained where no other is asked for.
STANDARD = {"KEY": "u64", "HASH": "xxh3", "PATTERNS": "shuffled", "SCALES": "100000"}


def baseline(variants):
    """That of these to which the others are compared: list, or where that was not measured outline."""
    return STORED_BASELINE if STORED_BASELINE in variants and BASELINE not in variants else BASELINE


# ---- Values ----

class Wrong(ValueError):
    """What would make sense."""


UNITS = {None: 1, "K": 10 ** 3, "M": 10 ** 6}


def one_of(what, known):
    def read(text):
        if text not in known:
            raise Wrong(f"{what}, one of: {', '.join(known)}")
        return text
    return read


def directories(where):
    return sorted(path.name for path in (ROOT / where).iterdir() if path.is_dir())


def whole_number(low, high, wanted):
    def read(text):
        form = re.fullmatch(r"(\d+)(?:([KM])|e(\d))?", text)
        number = int(form[1]) * UNITS[form[2]] * 10 ** int(form[3] or 0) if form else -1
        if not low <= number <= high:
            raise Wrong(wanted)
        return number
    return read


def several(read):
    """Values with commas between; one that is given twice counts once."""
    return lambda text: list(dict.fromkeys(read(word) for word in text.split(",")))


def read_variant(text):
    """A composition's name; directories outside the tree with their full path."""
    try:
        compose.from_id(compose.Composition(text).id)
    except compose.Nonsense as nonsense:
        raise Wrong(f"a composition ({nonsense})") from None
    return "+".join(str(pathlib.Path(word).resolve()) if "/" in word else word for word in text.split("+"))


read_hash = one_of("a hash", directories("common/hash"))
read_pattern = one_of("a pattern", PATTERNS)
read_scale = whole_number(1, 10 ** 9, "a number of entries from 1 to 1e9: 1000, 1e6, 10K, 1M")
read_slots = whole_number(1, 2 ** 40, "a number of slots from 1 to 2^40")
read_seed = whole_number(0, 2 ** 53, "a number from 0 to 2^53")
read_count = whole_number(1, 10 ** 6, "a number from 1 to 1e6")


def read_share(text):
    """5%: 0.05."""
    if not re.fullmatch(r"\d+(\.\d+)?%", text):
        raise Wrong("a share, such as 5%")
    return float(text[:-1]) / 100


def read_duration(text):
    """Seconds: 90s, 10m, 2h."""
    form = re.fullmatch(r"([1-9]\d{0,5})([smh])", text)
    if not form:
        raise Wrong("a duration, such as 90s, 10m or 2h")
    return int(form[1]) * {"s": 1, "m": 60, "h": 3600}[form[2]]


def read_weights(text):
    """put:1,get:2,bytes:0.5: {"put": 1.0, "get": 2.0, "bytes": 0.5}."""
    form = re.compile(r"([a-z]\w*):(\d{1,6}(?:\.\d{1,6})?)")
    found = dict(each.groups() for each in map(form.fullmatch, text.split(",")) if each)
    weights = {name: float(weight) for name, weight in found.items()}
    if len(found) != text.count(",") + 1 or not all(weights.values()):
        raise Wrong("weights of operations, and of bytes if they count, such as put:1,get:2,bytes:0.5")
    return weights


def read_front(text):
    """get,bytes: ["get", "bytes"]."""
    goals = text.split(",")
    if len(set(goals)) < len(goals) or len(goals) < 2 or not all(re.fullmatch(r"[a-z]\w*", goal) for goal in goals):
        raise Wrong("two goals or more, operations and bytes, such as get,bytes")
    return goals


# By parameter; what is not here is taken as the text that it is.
READ = {
    "variant": read_variant, "variants": several(read_variant), "hash": read_hash, "hashes": several(read_hash),
    "key": one_of("a kind of key", directories("common/key")), "pattern": read_pattern,
    "patterns": several(read_pattern), "scale": read_scale, "scales": several(read_scale), "ops": several(str),
    "seed": read_seed, "hash_seed": read_seed, "pool_slots": read_slots, "reps": read_count, "against": several(str),
    "candidates": several(str), "budget": read_duration, "decide": read_share, "weights": read_weights,
    "front": read_front,
    "blocks": read_count, "only": several(pathlib.Path),
    **dict.fromkeys(("results", "store", "source", "out", "csv", "html", "campaign", "site"), pathlib.Path),
    **dict.fromkeys(("anew", "draft", "relative"), bool),
}


def names_of(parameter):
    """The names under which a parameter may be given, the usual one first."""
    several_have = {"scale": "SCALES", "pattern": "PATTERNS", "hashes": "HASH", "op": "OPS", "source": "FROM"}
    return [several_have.get(parameter, parameter.upper()), parameter.upper()]


def name_of(parameter):
    return names_of(parameter)[0]


def read_value(name, parameter, text):
    try:
        return READ.get(parameter, str)(text)
    except Wrong as wanted:
        raise BadSetting(f"{name}={text}: makes no sense; wanted {wanted}") from None


def text_of(value):
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else "" if value is None else str(value)


# ---- Plans ----

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


def has_goal(plan):
    """Whether blocks were added until something was decided (lab.goal)."""
    return bool({"PRECISION", "DECIDE"} & read(plan).keys())


def grids(plan):
    return len(plan.splitlines())


def label(name):
    """A composition or a library as tables call it: directories by their last component."""
    return "+".join(part.rstrip("/").rpartition("/")[2] for part in name.split("+"))
