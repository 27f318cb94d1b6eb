#!/usr/bin/env python3
"""The worked examples of README.md and CONTRIBUTING.md are run as they stand there, in a copy of the
tree."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab import cell  # noqa: E402
from lab.experiments import ladder as findings  # noqa: E402
from lab.shape import model  # noqa: E402
from lab.audit.evidence import Evidence, Shape  # noqa: E402

SMALL = {"SCALES": "1000", "OPS": "get", "PATTERNS": "shuffled", "REPS": "2", "SAMPLES": "1"}


class Readme(unittest.TestCase):
    def setUp(self):
        self.tree = pathlib.Path(tempfile.mkdtemp(prefix="hamtlab"))
        self.addCleanup(shutil.rmtree, self.tree)
        files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                               capture_output=True, check=True).stdout.split("\n")
        for name in filter(None, files):
            if (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)
        (self.tree / "build").mkdir()
        (self.tree / "build/packages").touch()

    def run_here(self, command):
        return subprocess.run(["sh", "-e", "-c", command], cwd=self.tree, text=True,
                              env=os.environ | SMALL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)

    def run_example(self, name):
        example = re.search(r"<!-- run by tests/tools/readme_test.py -->\n+```sh\n(.*?)```",
                            (ROOT / name).read_text(), re.S)[1]
        return self.run_here(example)

    def test_the_worked_example_adds_a_hash(self):
        done = self.run_example("CONTRIBUTING.md")
        self.assertEqual(done.returncode, 0, done.stdout)
        for name in ("golden", "xxh3"):
            self.assertRegex(done.stdout, rf"1K +list {name} +\d")
        self.assertRegex(done.stdout, r"golden +shuffled +\d.*(uniform|too few to tell)\n")

    def test_the_worked_example_adds_a_variant(self):
        done = self.run_example("README.md")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"call\.h +variants/hint +<- changed")
        self.assertRegex(done.stdout, r"\nget +hint +1 +\d")
        self.assertRegex(done.stdout, r"\n1K +hint +\d")
        suite = self.run_here("make -s build/test/map/hint/u64/map_test"
                              " && build/test/map/hint/u64/map_test && tools/compose.py all")
        self.assertIn("100%: Checks:", suite.stdout)
        self.assertIn("hint+pool", suite.stdout)

    def test_the_findings_are_those_of_the_stored_results(self):
        subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        text = (ROOT / "README.md").read_text()
        self.assertEqual(findings.between_marks(text)[1], findings.table())

    def test_the_numbers_of_nodes_are_those_that_were_counted(self):
        text = " ".join((ROOT / "README.md").read_text().split())
        told = re.search(r"([\d,]+) nodes instead of ([\d,]+) \(results/audit/trees", text)
        trees = Evidence().trees
        for number, variant in zip(told.groups(), ("pathcomp", "lazy")):
            tree = trees[Shape(variant, "sequential", 100000)]
            self.assertEqual(number, f"{tree['inner_nodes']:,}", variant)
        predicted = model.predict(cell.SHAPES["list"], 100000).inner_nodes
        self.assertIn(f"A perfect hash gives {predicted:,.0f} inner nodes", text)


if __name__ == "__main__":
    unittest.main()
