"""A made experiment of a shape that no map's has: an operation that the page has no words for, cells that differ in what
they were told, and maps that tell nothing of themselves."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lab"))
import made_export  # noqa: E402

NAME, OP, BLOCKS = "made-versions", "reverse", 6
TIMES = {("differ=1", "lazy"): 10.0, ("differ=1", "pathcomp"): 20.0, ("differ=100", "lazy"): 1000.0, ("differ=100", "pathcomp"): 4000.0}


def write(directory):
    made_export.write(directory, NAME, [
        {"op": OP, "variant": variant, "parameters": told, "block": block, "samples": [time]}
        for (told, variant), time in TIMES.items() for block in range(BLOCKS)],
        settings="".join(f"VARIANTS=lazy,pathcomp OPS={OP} SCALES=1000 {told}\n" for told in ("differ=1", "differ=100")))
