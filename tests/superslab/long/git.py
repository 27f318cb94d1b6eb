#!/usr/bin/env python3
"""git, which packs this repository, served by the superslab: the long version.  `make test-long` runs this."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import programs  # noqa: E402
from real_programs import RealPrograms  # noqa: E402


def setUpModule():
    programs.prepare()


class Long(RealPrograms):
    settings = programs.LONG_SETTINGS

    def test_it_packs_this_repository(self):
        self.git()


if __name__ == "__main__":
    unittest.main()
