#!/usr/bin/env python3
"""A family of parts is added by its files alone: a core below common/ and its baseline.

tests/tools/family has the smallest there can be, of two parts.  It is laid into a copy of this tree,
and there it composes, shows itself, passes the shared suite, and is measured."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TREE = ["common", "experiments", "notebooks", "tests", "tools", "variants", "Makefile"]


class Family(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.tree = pathlib.Path(room.name) / "tree"
        for name in TREE:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, cls.tree / name)
            else:
                shutil.copy2(ROOT / name, cls.tree / name)
        shutil.copytree(ROOT / "tests/tools/family", cls.tree, dirs_exist_ok=True)
        (cls.tree / "build").mkdir()
        for mark in (ROOT / "build").glob("packages*"):
            shutil.copy2(mark, cls.tree / "build")

    def run_there(self, *command):
        done = subprocess.run(command, cwd=self.tree, text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def compose(self, *words):
        return self.run_there(sys.executable, "tools/compose.py", *words)

    def test_its_parts_are_learned_from_its_core(self):
        self.assertIn("shelf room.h seek.h\n", self.compose("families"))
        self.assertEqual({"shelf", "backwards"} - set(self.compose("cover", "pairs").split()), set())

    def test_show_tells_what_is_changed(self):
        told = self.run_there("make", "-s", "VARIANT=backwards", "show")
        self.assertRegex(told, r"room\.h +variants/shelf\n")
        self.assertRegex(told, r"seek\.h +variants/backwards +<- changed\n")
        self.assertIn("+    while (count-- > 0)", told)

    def test_it_passes_the_shared_suite(self):
        for key in ("u64", "str"):
            program = f"build/test/map/backwards/{key}/map_test"
            self.run_there("make", "-s", program)
            self.assertIn("100%", self.run_there(program))

    def test_it_is_measured(self):
        told = self.run_there("make", "-s", "VARIANT=backwards", "OPS=put,get", "SCALES=100",
                              "PATTERNS=shuffled", "REPS=1", "SAMPLES=1", "experiment")
        self.assertRegex(told, r"backwards .*\d")


if __name__ == "__main__":
    unittest.main()
