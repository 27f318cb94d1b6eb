"""Made experiments of shapes that no stored map's has.

told     an operation that the page has no words for, cells that differ in what they were told, and maps that tell
         nothing of themselves, but what they allocated
in_turn  competitors that took turns, whose ratios are those of the turns
decided  blocks were added until it was known that two are level
"""
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lab"))
import made_export  # noqa: E402

OP, BLOCKS, TURNS = "reverse", 6, 5
TOLD = "made-told"
TIMES = {("differ=1", "lazy"): 10.0, ("differ=1", "pathcomp"): 20.0,
         ("differ=100", "lazy"): 1000.0, ("differ=100", "pathcomp"): 4000.0}


def told(directory):
    lines = (f"VARIANTS=lazy,pathcomp OPS={OP} SCALES=1000 {name}\n" for name in ("differ=1", "differ=100"))
    rows = [
        {"op": OP, "variant": variant, "parameters": name, "block": block, "samples": [time],
         "values": {"allocated_per_entry": 40.5}} for (name, variant), time in TIMES.items() for block in range(BLOCKS)]
    made_export.write(directory, TOLD, rows, settings="".join(lines))


def in_turn(directory):
    """From turn to turn the machine is anything up to ten times as fast; one of the two is half as slow again."""
    source, rows = random.Random(1), []
    for block in range(BLOCKS):
        machine = [source.uniform(1, 10) for _ in range(TURNS)]
        for variant, factor in (("lazy", 1.0), ("pathcomp", 1.5)):
            rows.append({"variant": variant, "parameters": "turns=warm", "block": block,
                         "samples": [factor * source.uniform(1, 1.1) * each for each in machine]})
    made_export.write(directory, "in_turn", rows, settings="VARIANTS=lazy,pathcomp OPS=get SCALES=1000 TURNS=warm\n")


def decided(directory):
    source = random.Random(1)
    made_export.write(directory, "decided", [
        {"variant": variant, "block": block, "samples": [factor * source.uniform(100, 101)]}
        for variant, factor in (("list", 1.0), ("lazy", 1.0), ("array64", 1.5)) for block in range(40)],
        settings="VARIANTS=list,lazy,array64 OPS=get PATTERNS=shuffled SCALES=1000 KEY=u64 DECIDE=2%\n")
