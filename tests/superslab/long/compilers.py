#!/usr/bin/env python3
"""Compilers of this project served by the superslab: the long version.  `make test-long` runs this."""
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import programs  # noqa: E402
from real_programs import RealPrograms  # noqa: E402


def setUpModule():
    programs.prepare()


class Long(RealPrograms):
    settings = programs.LONG_SETTINGS

    def test_gcc(self):
        self.compiler("gcc", ["list", "lazy", "phase3", "fix4", "reference"])

    @unittest.skipUnless(shutil.which("clang"), "clang is not here")
    def test_clang(self):
        self.compiler("clang", ["list", "fix4"])


if __name__ == "__main__":
    unittest.main()
