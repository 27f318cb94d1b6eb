#!/usr/bin/env python3
"""Real programs served by the superslab do what they do without it: short versions.
`make test-long` runs the long ones."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import programs  # noqa: E402
from real_programs import RealPrograms  # noqa: E402


def setUpModule():
    programs.prepare()


class Short(RealPrograms):
    def test_python_passes_tests_of_its_standard_library(self):
        self.python(["test_dict", "test_heapq", "test_thread"])

    def test_gcc_compiles_this_project(self):
        self.compiler("gcc", ["list"])

    def test_sqlite_loads_and_queries_a_table(self):
        self.sqlite(rows=20_000)

    def test_redis_serves_its_benchmark(self):
        self.redis_under_load(keys=1_000, requests=1_000)

    def test_git_packs_this_repository(self):
        self.git()


if __name__ == "__main__":
    unittest.main()
