#!/usr/bin/env python3
"""Python's own tests served by the superslab: the long version.  `make test-long` runs this."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import programs  # noqa: E402
from real_programs import RealPrograms  # noqa: E402

# Those that take memory in many sizes, from several threads, or in one large piece.
MODULES = ["test_dict", "test_list", "test_bytes", "test_re", "test_json", "test_pickle",
           "test_array", "test_bz2", "test_zlib", "test_thread", "test_threading", "test_memoryview", "test_heapq",
           "test_deque", "test_struct"]


def setUpModule():
    programs.prepare()


class Long(RealPrograms):
    settings = programs.LONG_SETTINGS

    def test_python_passes_tests_of_its_standard_library(self):
        self.python(MODULES)


if __name__ == "__main__":
    unittest.main()
