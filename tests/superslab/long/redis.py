#!/usr/bin/env python3
"""Redis and its benchmark served by the superslab: the long version.  `make test-long` runs this."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import programs  # noqa: E402
from real_programs import RealPrograms  # noqa: E402


def setUpModule():
    programs.prepare()


class Long(RealPrograms):
    # Not the setting that maps block by block: a server's data are tens of thousands of mappings.
    settings = [{}, {"SUPERSLAB_SIZE": "512K", "SUPERSLAB_LOOKUP": "hash"}]

    def test_it_serves_its_benchmark(self):
        self.redis_under_load(keys=10_000, requests=20_000)


if __name__ == "__main__":
    unittest.main()
