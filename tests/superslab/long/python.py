#!/usr/bin/env python3
"""Python's own tests served by the superslab: the long version.  `make test-long` runs this."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import programs  # noqa: E402
from real_programs import RealPrograms  # noqa: E402

# Those that take memory in many sizes, from several threads, or in one large piece.
MODULES = ["test_dict", "test_list", "test_bytes", "test_re", "test_pickle", "test_array",
           "test_bz2", "test_zlib", "test_thread", "test_memoryview", "test_heapq", "test_deque",
           "test_struct"]
# These start programs and read their standard error, on which counters would be found.
STARTING = ["test_json", "test_threading"]


def setUpModule():
    programs.prepare()


class Long(RealPrograms):
    # Not the setting that maps block by block: the largest tests would take many minutes under it.
    settings = [{}, {"SUPERSLAB_SIZE": "512K", "SUPERSLAB_LOOKUP": "hash"}]

    def test_python_passes_tests_of_its_standard_library(self):
        self.python(MODULES)

    def test_and_those_that_start_programs(self):
        self.python(STARTING, counted=False)


class Refused(RealPrograms):
    settings = programs.LONG_SETTINGS[1:]

    def test_python_passes_smaller_ones_where_the_pool_refuses(self):
        self.python(["test_dict", "test_list", "test_struct", "test_deque"])


if __name__ == "__main__":
    unittest.main()
