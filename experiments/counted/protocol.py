"""A cell's side of the protocol (experiments/cell.c tells of it), for cells that are scripts: each measures by running
another program, which is its first argument."""
import argparse
import hashlib
import json
import pathlib
import subprocess
import sys


WRONG, NO_MEMORY, NO_ANSWER = 1, 3, 4  # exit statuses, those of experiments/cell.c


class Failed(Exception):
    """There is no sample; the text says why, in one line, and the status how the cell is to end: by NO_ANSWER where
    counting itself failed, of which the program that was to be counted knows nothing."""

    def __init__(self, text, status=NO_ANSWER):
        super().__init__(text)
        self.status = status


def ended(status, said, by, name="cell"):
    """The Failed of a command that ended with this status.  `said`: a line that tells why.  Where the program that was
    to be counted said it (its lines begin with its name) and it was a wrong answer, or that memory was out, the cell
    ends in the same way; all else is a failure of what was to count, `by`."""
    if said.startswith(f"{name}: ") and status in (WRONG, NO_MEMORY):
        return Failed(said, status)
    return Failed(f"{by}: {said}")


def digest(*paths):
    return hashlib.sha256(b"".join(pathlib.Path(path).read_bytes() for path in paths)).hexdigest()[:16]


def description(program, /, **more):
    """What the program says of itself, with more put in its place; in its identity digests of the program and of the
    scripts here that are loaded."""
    known = json.loads(subprocess.run([program, "--describe"], env={}, check=True, capture_output=True).stdout)
    files = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
    scripts = sorted(file for file in files if pathlib.Path(file).parent == pathlib.Path(__file__).parent)
    known["identity"] |= {"counted": digest(program), "counter": digest(*scripts)}
    return known | {"warm": False} | more  # that line is not passed on


def arguments():
    """(what every cell is told, the rest)"""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("program")
    for name in ("--op", "--pattern", "--scale", "--seed"):
        parser.add_argument(name)
    for flag in ("--steps", "--describe"):
        parser.add_argument(flag, action="store_true")
    return parser.parse_known_args()


def chosen(rest):
    """The parameters among the other arguments, as a sample's line tells them."""
    return {option[2:].replace("-", "_"): int(value) for option, value in zip(rest[::2], rest[1::2])
            if value.isdecimal()}


def serve(describe, sample):
    """Is the cell.  describe(program): what --describe prints.  sample(given, rest): the line of one sample, but for
    what was asked for; given has program, op, pattern, scale and seed as they were told, rest the other arguments."""
    given, rest = arguments()
    name = pathlib.Path(sys.argv[0]).stem
    try:
        about = describe(given.program)
        name = about["program"]
        if given.describe:
            print(json.dumps(about))
            return
        for option, several in (("op", "operations"), ("pattern", "patterns")):
            asked, known = getattr(given, option), about[several]
            if asked not in known:
                print(f"{name}: --{option} {asked}: wanted one of: {', '.join(known)}", file=sys.stderr)
                sys.exit(2)
        place = {"op": given.op, "pattern": given.pattern, "scale": int(given.scale), "seed": int(given.seed)}
        if given.steps:
            print('{"ready":true}', flush=True)
        number = 0
        while sys.stdin.readline().strip() == "go" if given.steps else number == 0:
            line = sample(given, rest)
            served = {"allocator": about.get("allocator"), "parameters": chosen(rest)}
            print(json.dumps(served | line | about["identity"] | place | {"sample": number}), flush=True)
            number += 1
    except Failed as reason:
        print(f"{name}: {reason}", file=sys.stderr)
        sys.exit(reason.status)
