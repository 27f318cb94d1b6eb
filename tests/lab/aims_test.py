#!/usr/bin/env python3
"""What was asked of the measuring beside what is reached, of results that are made up."""
import unittest

import made_export
from paths import room
from lab.instrument import aims
from lab.targets import MET, MISSED, UNDECIDED
from lab.verdicts import NOT_MEASURED
from ways_test import processes

NARROW, BEYOND, CLAIMS, COPIES, POWER, TIME = (what for what, _ in aims.AIMS)


def runs(variants, noise, **cell):
    """Of each of these, 12 blocks; only the last one's times scatter."""
    return [{"variant": variant, "op": op, "block": block, "samples": (time,), **cell}
            for op in ("put", "get") for block in range(12) for variant in variants
            for time in [100 * (1 + noise * (-1) ** block * (variant == variants[-1]))]]


class Aims(unittest.TestCase):
    def setUp(self):
        self.room = room(self)

    def reached(self, what):
        (found,) = [aim for aim in aims.aims(self.room) if aim.what == what]
        return found.reached, found.verdict

    def test_what_is_not_measured_has_no_verdict(self):
        for aim in aims.aims(self.room):
            if aim.what != TIME:
                self.assertEqual((aim.reached, aim.verdict), (NOT_MEASURED, ""))

    def test_narrow_where_nine_in_ten_are_and_none_is_wide(self):
        for noise, verdict in ((0.01, MET), (0.07, MISSED)):
            with self.subTest(noise):
                self.setUp()
                made_export.write(self.room, "fixes", runs(["outline", "reference", "fix4"], noise)
                                  + runs(["outline", "fix4"], 0.5, scale=10 ** 7))  # which is beyond
                reached, found = self.reached(NARROW)
                self.assertEqual(found, verdict)
                # Two over outline and two over reference, in either operation; those of fix4 are wide.
                self.assertRegex(reached, rf"^{100 * noise:.1f} %, {100 * noise:.1f} % \(8 ratios\)$")

    def test_beyond(self):
        for noise, verdict in ((0.01, MET), (0.2, MISSED)):
            self.setUp()
            made_export.write(self.room, "frontier-large", runs(["boost", "champion"], noise, scale=10 ** 7))
            self.assertEqual(self.reached(BEYOND)[1], verdict)

    def test_claims(self):
        (self.room / "audit").mkdir()
        for count, verdict in ((10, MET), (11, MISSED)):
            lines = ["id,verdict", *["x,undecided"] * count, "y,holds"]
            (self.room / "audit" / "outcomes.csv").write_text("\n".join(lines) + "\n")
            self.assertEqual(self.reached(CLAIMS), (f"{count} of {count + 1}", verdict))

    def copies(self, longer):
        """60 blocks of two maps and their copies, which lie a little above and below by turns; in so many stretches of
        twelve blocks the copy of one map takes a fifth longer."""
        rows = list(processes("warm", 60, scale=aims.INSIDE[1]))
        first = {(row["variant"], row["block"]): row["samples"] for row in rows if "copy=0" in row["parameters"]}
        for row in rows:
            if "copy=1" in row["parameters"]:
                is_longer = row["variant"] == "fix4" and row["block"] < 12 * longer
                factor = 1.2 if is_longer else 1 + 0.002 * (-1) ** row["block"]
                row["samples"] = tuple(factor * time for time in first[row["variant"], row["block"]])
        made_export.write(self.room, "instrument-ways", rows)

    def test_copies(self):
        """Of ten comparisons one is more than 5 %, and no more than chance may add."""
        for longer, verdict in ((0, MET), (1, UNDECIDED), (5, MISSED)):
            self.setUp()
            self.copies(longer)
            reached, found = self.reached(COPIES)
            self.assertEqual((reached.split(",")[0], found), (f"{longer} of 10", verdict))

    def test_power(self):
        self.copies(0)
        self.assertEqual(self.reached(POWER), ("in 100.0 %", MET))

    def test_a_map_beside_its_copy_scatters_too_much(self):
        made_export.write(self.room, "instrument-ways", [
            row | {"parameters": row["parameters"] + " turns=warm"}
            for row in processes("none", 60, scale=aims.INSIDE[1])])
        self.assertEqual(self.reached(POWER)[1], MISSED)

    def test_time_is_that_of_all(self):
        made_export.write(self.room, "a", runs(["list"], 0), finished="2026-01-01T02:00:00.000Z")
        self.assertEqual(self.reached(TIME), ("2.0 hours, of 1", MET))
        made_export.write(self.room, "b", runs(["list"], 0), finished="2026-01-01T02:00:00.000Z")
        self.assertEqual(self.reached(TIME), ("4.0 hours, of 2", MISSED))


if __name__ == "__main__":
    unittest.main()
