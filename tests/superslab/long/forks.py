#!/usr/bin/env python3
"""10,000 forks while other threads are inside malloc and stdio.  `make test-long` runs this."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import programs  # noqa: E402


def setUpModule():
    programs.prepare()


class Long(unittest.TestCase):
    def test_no_fork_hangs(self):
        programs.forks(10_000)

    def test_no_fork_hangs_where_every_block_passes_the_gate(self):
        for lookup in ("mask", "hash", "linear"):
            with self.subTest(lookup=lookup):
                programs.forks(500, SUPERSLAB_REFILL="1", SUPERSLAB_BATCH="1",
                               SUPERSLAB_LOOKUP=lookup)

    def test_no_fork_hangs_while_the_pool_refuses(self):
        for cap in ("1", "4"):
            with self.subTest(cap=cap):
                programs.forks(500, SUPERSLAB_POOL_CAP=cap, SUPERSLAB_SIZE="512K")


if __name__ == "__main__":
    unittest.main()
