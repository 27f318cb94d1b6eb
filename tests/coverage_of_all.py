#!/usr/bin/env python3
"""Which lines the tests run: those in C of one composition for each variant and of all other programs, those
in Python of the analysis and the tools.  The last lines have the figures; build/coverage/*.html the lines.

    tests/coverage_of_all.py [NAME ...]     of these tests alone, as tests/all.py takes them

It works in a copy of the tree, build/coverage/tree, so that nobody else's programs are built with counters.
What is run in a child that a test kills, or by a Python that a make starts, is not seen.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

import all as tests
from matrix import ROOT, copy

HERE = ROOT / "build" / "coverage"
TREE = HERE / "tree"
C_SOURCES = ["common/", "variants/", "experiments/"]
PYTHON_SOURCES = ["notebooks/lab", "tools"]
ANYBODY = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]


def wanted(names):
    """(programs and scripts that run programs, scripts about Python)"""
    scripts = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").glob("*/*_test.py"))
    about_python = [name for name in scripts if name.startswith(("tests/lab/", "tests/tools/"))]
    if names:
        return [name for name in names if name not in about_python], [name for name in names if name in about_python]
    others = subprocess.run(["make", "-s", "test-programs"], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                            check=True).stdout.split()
    maps = [f"build/test/map/{name}/{key}/map_test" for name in [*tests.compose("variants"), *tests.compose("cores")]
            for key in tests.compose("keys", name)]
    return others + maps + [name for name in scripts if name.startswith(("tests/run/", "tests/cell/"))], about_python


def run_programs(names):
    environment = os.environ | {"CFLAGS": "--coverage", "LDFLAGS": "--coverage"}
    return subprocess.run([sys.executable, "tests/all.py", *names], cwd=TREE, env=environment).returncode == 0


def run_script(name):
    """Under coverage; what it says if it failed."""
    done = subprocess.run([sys.executable, "-m", "coverage", "run", "--parallel-mode",
                           f"--source={','.join(PYTHON_SOURCES)}", name], cwd=TREE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return "" if done.returncode == 0 else f"\nFAILED {name}\n{done.stdout.rstrip()}"


def told(*command):
    """A tool's output."""
    return subprocess.run(command, cwd=TREE, text=True, stdout=subprocess.PIPE, check=True).stdout


def figure_of_c():
    filters = [word for part in C_SOURCES for word in ("--filter", part)]
    text = told("gcovr", "--root", ".", *filters, "--gcov-ignore-parse-errors", "--print-summary",
                "--html", str(HERE / "c.html"))
    share, covered, lines = re.search(r"lines: ([\d.]+)% \((\d+) out of (\d+)\)", text).groups()
    return f"C: {share} % of {int(lines):,} lines are run ({int(covered):,})"


def figure_of_python():
    coverage = (sys.executable, "-m", "coverage")
    told(*coverage, "combine", "-q")
    told(*coverage, "html", "-q", "-d", str(HERE / "python"))
    lines, missed, share = re.search(r"^TOTAL +(\d+) +(\d+) +(\d+)%", told(*coverage, "report"), re.M).groups()
    return f"Python: {share} % of {int(lines):,} statements are run ({int(lines) - int(missed):,})"


def main(names):
    for inherited in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        os.environ.pop(inherited, None)
    os.environ["PYTHON"] = sys.executable
    shutil.rmtree(HERE, ignore_errors=True)
    copy(TREE)
    # Tests ask git for the tree's files.
    for command in (["init", "-q"], ["add", "-A"], [*ANYBODY, "commit", "-q", "-m", "copy"]):
        subprocess.run(["git", *command], cwd=TREE, check=True)
    programs, scripts = wanted(names)
    good, figures = True, []
    if programs:
        good = run_programs(programs)
        figures.append(figure_of_c())
    if scripts:
        with concurrent.futures.ThreadPoolExecutor(tests.JOBS) as pool:
            complaints = list(filter(None, pool.map(run_script, scripts)))
        print(*complaints, sep="\n")
        good = good and not complaints
        figures.append(figure_of_python())
    print(*figures, sep="\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
