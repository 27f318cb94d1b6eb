#!/usr/bin/env python3
"""SQLite served by the superslab: the long version.  `make test-long` runs this."""
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

    def test_it_loads_and_queries_a_table(self):
        self.sqlite(rows=300_000)


if __name__ == "__main__":
    unittest.main()
