"""The variants' design space: the questions that each family asks, who answers them, and with which source.

All of it is read from the sources: tools/compose.py knows families, parts and parents; the opening comment of a part
has its question, and what its answer changes and costs.
"""
import re

from ..settings import compose

OPENING = re.compile(r"/\* (?P<file>\S+) \((?P<name>[^)]*)\) - (?P<says>.*)", re.S)
RUST_LINE = re.compile(r"^//! ?(.*)", re.M)
CHANGE = re.compile(r"Change: (.{30,}?|.*?)(?:\. |\.$|$)")  # one sentence, and another if that is a name only
COMMENT = "#"  # of a line of lineups.conf


def comment_of(path):
    """The words of a file's opening comment, and its first sentence: (sentence, rest)."""
    text = re.sub(r"\s*\*/$", "", compose.opening_comment(path)) or "/* " + "\n".join(
        RUST_LINE.findall(path.read_text(encoding="utf-8")))
    found = OPENING.match(re.sub(r"\n \* ?", "\n", text))
    if not found:
        return "", ""
    first, _, rest = found["says"].partition("\n\n")
    return " ".join(first.split()), rest.strip()


def change_of(rest):
    """The first sentence about what a variant changes; of a baseline nothing."""
    found = CHANGE.search(" ".join(rest.split()))
    return found[1] if found else ""


def files(directory):
    """{name: text}"""
    return {str(path.relative_to(directory)): path.read_text(encoding="utf-8")
            for path in sorted(directory.rglob("*")) if path.is_file()}


def answer(family, part, directory):
    is_baseline = directory == family.baseline
    rest = comment_of(directory / part)[1]
    parent = compose.parent_of(directory)
    return {"variant": directory.name, "baseline": is_baseline, "parent": parent and parent.name,
            "change": "" if is_baseline else change_of(rest)}


def family_of(family):
    asked = []
    for part in family.parts:
        question, _ = comment_of(family.baseline / part)
        those = [directory for directory in compose.directories() if (directory / part).exists()]
        those.sort(key=lambda directory: (directory != family.baseline, directory.name))
        asked.append({"part": part, "question": question, "answers": [answer(family, part, each) for each in those]})
    return {"name": family.name, "baseline": family.baseline.name, "parts": asked}


def lineups():
    """Compositions with a name: what they are made of, and why they are."""
    why = {}
    for line in compose.LINEUPS.read_text(encoding="utf-8").splitlines():
        words, _, comment = line.partition(COMMENT)
        if words.split():
            why[words.split()[0]] = comment.strip()
    return [{"name": name, "composition": made.composition, "why": why[name],
             "settings": {key: str(value) for key, value in made.settings.items()}}
            for name, made in ((name, compose.Composition(name)) for name in compose.lineups())]


def core(directory, where):
    source = next(directory / name for name in compose.CORES if (directory / name).exists())
    return {"name": directory.name, "where": f"{where}/{directory.name}", "says": comment_of(source)[0]}


def design_space():
    """(what is asked and answered, {directory: {file: source}})"""
    cores = [directory for directory in compose.directories() if compose.is_core(directory.name)]
    peers = [compose.PEERS / name for name in compose.peer_names()]
    space = {"families": [family_of(family) for family in compose.families()], "lineups": lineups(),
             "cores": [core(each, "variants") for each in cores], "peers": [core(each, "peers") for each in peers]}
    return space, {f"{directory.parent.name}/{directory.name}": files(directory)
                   for directory in [*compose.directories(), *peers]}
