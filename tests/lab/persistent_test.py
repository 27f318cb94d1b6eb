#!/usr/bin/env python3
"""The table of results/persistent/README.md is what its pairs.csv says."""
import re
import unittest

import pandas

from paths import ROOT
from lab.printing import with_interval
from lab.stats import estimate

STORED = ROOT / "results/persistent"
OURS = "fix4"  # whose pools take memory in blocks of thousands of versions: malloc's bytes do not tell them apart


def table():
    """{(library, entries): the cells of its row} of the README."""
    rows = re.findall(r"^\| (.+?) \| (10K|1M) \| (.+) \|$", (STORED / "README.md").read_text(), re.MULTILINE)
    return {(library.strip("`"), entries): [cell.strip() for cell in rest.split("|")]
            for library, entries, rest in rows}


def computed():
    """The same from the samples.  A process's figure is the median of its times, and the mean of its bytes: what grows
    by doubling takes all of it in one of them."""
    samples = pandas.read_csv(STORED / "pairs.csv")
    samples["ratio"] = samples["persistent_ns"] / samples["plain_ns"]
    within = samples.groupby(["library", "entries", "seed"])
    processes = within.median(numeric_only=True).assign(bytes=within["bytes"].mean()).reset_index()
    for (library, entries), found in processes.groupby(["library", "entries"]):
        times = [with_interval(estimate(found[column])) for column in ("plain_ns", "persistent_ns", "ratio")]
        yield (library, "10K" if entries == 10_000 else "1M"), [*times, "-" if library.startswith(OURS) else
                                                              with_interval(estimate(found["bytes"]))]


class Table(unittest.TestCase):
    def test_it_is_what_the_samples_say(self):
        self.maxDiff = None
        self.assertEqual(table(), dict(computed()))


if __name__ == "__main__":
    unittest.main()
