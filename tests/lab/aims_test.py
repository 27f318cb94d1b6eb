#!/usr/bin/env python3
"""What was asked of the measuring beside what is reached, of results that are made up."""
import unittest

import made_export
from paths import room
from lab.instrument import aims
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
        return found.reached, found.is_met

    def test_what_is_not_measured_is_not_met(self):
        for aim in aims.aims(self.room):
            if aim.what != TIME:
                self.assertEqual((aim.reached, aim.is_met), (aims.NOT_MEASURED, None))

    def test_narrow_where_nine_in_ten_are_and_none_is_wide(self):
        for noise, is_met in ((0.01, True), (0.07, False)):
            with self.subTest(noise):
                self.setUp()
                made_export.write(self.room, "fixes", runs(["outline", "reference", "fix4"], noise)
                                  + runs(["outline", "fix4"], 0.5, scale=10 ** 7))  # which is beyond
                reached, found = self.reached(NARROW)
                self.assertEqual(found, is_met)
                # Two over outline and two over reference, in either operation; those of fix4 are wide.
                self.assertRegex(reached, rf"^{100 * noise:.1f} %, {100 * noise:.1f} % \(8 ratios\)$")

    def test_beyond(self):
        for noise, is_met in ((0.01, True), (0.2, False)):
            self.setUp()
            made_export.write(self.room, "frontier-large", runs(["boost", "champion"], noise, scale=10 ** 7))
            self.assertEqual(self.reached(BEYOND)[1], is_met)

    def test_claims(self):
        (self.room / "audit").mkdir()
        for count, is_met in ((10, True), (11, False)):
            lines = ["id,verdict", *["x,undecided"] * count, "y,holds"]
            (self.room / "audit" / "outcomes.csv").write_text("\n".join(lines) + "\n")
            self.assertEqual(self.reached(CLAIMS), (f"{count} of {count + 1}", is_met))

    def test_copies(self):
        for factor, is_met in ((1, True), (1.2, False)):
            self.setUp()
            rows = [row | {"samples": tuple(time * (factor if "copy=1" in row["parameters"] else 1)
                                            for time in row["samples"])}
                    for row in processes("warm", 60, scale=aims.INSIDE[1])]
            made_export.write(self.room, "instrument-ways", rows)
            reached, found = self.reached(COPIES)
            self.assertIn(" of 10 (", reached)
            self.assertEqual((found, self.reached(POWER)[1]), (is_met, True))

    def test_a_map_beside_its_copy_scatters_too_much(self):
        made_export.write(self.room, "instrument-ways", [
            row | {"parameters": row["parameters"] + " turns=warm"}
            for row in processes("none", 60, scale=aims.INSIDE[1])])
        self.assertEqual(self.reached(POWER)[1], False)

    def test_time_is_that_of_all(self):
        made_export.write(self.room, "a", runs(["list"], 0), finished="2026-01-01T02:00:00.000Z")
        self.assertEqual(self.reached(TIME), ("2.0 hours (1 experiments)", True))
        made_export.write(self.room, "b", runs(["list"], 0), finished="2026-01-01T02:00:00.000Z")
        self.assertEqual(self.reached(TIME), ("4.0 hours (2 experiments)", False))


if __name__ == "__main__":
    unittest.main()
