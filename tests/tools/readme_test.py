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
sys.path.insert(0, str(ROOT / "tools"))
import compose  # noqa: E402

SMALL = {"SCALES": "1000", "OPS": "get", "PATTERNS": "shuffled", "REPS": "2", "SAMPLES": "1"}


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One copy for all examples: they add directories, and share what is built."""
        room = tempfile.mkdtemp(prefix="hamtlab")
        cls.addClassCleanup(shutil.rmtree, room)
        cls.tree = pathlib.Path(room) / "tree"
        files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                               capture_output=True, check=True).stdout.split("\n")
        for name in filter(None, files):
            if (ROOT / name).is_file():
                (cls.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, cls.tree / name)
        (cls.tree / "build").mkdir(parents=True, exist_ok=True)
        (cls.tree / "build/packages").touch()

    def run_here(self, command):
        return subprocess.run(["sh", "-e", "-c", command], cwd=self.tree, text=True,
                              env=os.environ | SMALL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)

    def run_example(self, name, makes):
        """Runs the example of a text that makes this directory."""
        examples = re.findall(r"<!-- run by tests/tools/readme_test.py -->\n+```sh\n(.*?)```",
                              (ROOT / name).read_text(), re.S)
        return self.run_here(next(text for text in examples if text.startswith(f"mkdir {makes}\n")))

    def test_the_worked_example_adds_a_hash(self):
        done = self.run_example("CONTRIBUTING.md", "common/hash/golden")
        self.assertEqual(done.returncode, 0, done.stdout)
        for name in ("golden", "xxh3"):
            self.assertRegex(done.stdout, rf"1K +list {name} +\d")
        self.assertRegex(done.stdout, r"golden +shuffled +\d.*(uniform|too few to tell)\n")

    @unittest.skipIf(compose.peer_named("robin").lacks(ROOT), "robin_map is not installed")
    def test_the_worked_example_adds_a_peer(self):
        done = self.run_example("CONTRIBUTING.md", "../prime")
        self.assertEqual(done.returncode, 0, done.stdout)
        for each in ("prime", "robin"):
            self.assertRegex(done.stdout, rf"\nget +{each} +\d")

    def test_the_worked_example_adds_a_variant(self):
        done = self.run_example("README.md", "variants/nextline")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"ahead\.h +variants/nextline +<- changed")
        self.assertRegex(done.stdout, r"\nget +nextline +\d")
        self.assertRegex(done.stdout, r"\n1K +nextline +\d")
        self.assertRegex(done.stdout, r"(?m)^nextline\+lazy")
        suite = self.run_here("make -s build/test/map/nextline/u64/map_test"
                              " && build/test/map/nextline/u64/map_test && tools/compose.py all")
        self.assertIn("100%: Checks:", suite.stdout)
        self.assertIn("pool+nextline", suite.stdout)


if __name__ == "__main__":
    unittest.main()
