#!/usr/bin/env python3
"""A get's time predicted from counts: prices that made the times are found again, what has another price is told, and a
composition has no part in its own prediction."""
import re
import unittest
from unittest import mock

import made_export
from asked import Refusals, printed
from paths import room
from lab.counts import exact, prediction
from lab.stats import Estimate

M = 50  # ns of a load, whatever the footprint
PRICES = (0.5, 10, 1.5)  # of wrong branches nothing: all of these guess one wrong
NAMES = ["outline", "outline+lazy", "outline+exact", "outline+array64", "phase3", "fix1", "fix3", "reference"]


def times():
    counted = exact.load()
    for name in NAMES:
        for scale in exact.SCALES:
            counts = exact.of_cell(counted, name, "get", scale=scale)
            yield name, scale, sum(price * term for price, term in zip(PRICES, (
                counts["instructions"], counts["d1_misses"], M * counts["tlb2_misses"])))


class Made(unittest.TestCase, Refusals):
    def setUp(self):
        self.results = room(self)

    def write(self, slower=(), names=NAMES, **about):
        made_export.write(self.results, "instrument-limits", [
            {"op": "load_lines", "pattern": "small", "scale": size, "block": block, "values": {"ns": M}}
            for size in (1 << 10, 1 << 30) for block in range(6)])
        made_export.write(self.results, "fixes", [
            {"op": "get", "variant": name, "scale": scale, "block": block, "rss_per_entry": 50,
             "samples": [ns * (3 if name in slower else 1) * (1 + (block - 2.5) / 50)]}
            for name, scale, ns in times() if name in names for block in range(6)], **about)

    def model(self):
        return printed("model", f"RESULTS={self.results}")

    def test_the_prices_are_found_again(self):
        self.write()
        text = self.model()
        self.assertRegex(" ".join(text.split()), r"^On machine \S+: get = 0\.50 ns x instructions \+ 0\.00 ns x wrong"
                         r" branches \+ 10\.0 ns x misses of a first-level cache \+ 1\.50 x m x")
        self.assertRegex(text, r"\n16 of 16 predictions \(100%\) are .* the aim is 90%: met\.  16 lie within")
        self.assertEqual(set(re.findall(r" (\d\.\d\d) +yes$", text, re.M)), {"1.00"})

    def test_one_that_has_other_prices_is_told_and_has_no_part_in_its_own_prediction(self):
        self.write(slower=["fix3"])
        told = re.findall(r"^1\d+K +fix3 .* (\d\.\d\d) +no$", self.model(), re.M)
        self.assertEqual(told, ["0.33", "0.33"])

    def test_where_loads_were_not_timed_only_gets_without_walks_are_predicted(self):
        self.write(machine="m2")
        text = self.model()
        # Whose maps have more pages than the second-level TLB has places is left out.
        for scale, names in (("10K", {*NAMES} - {"outline+array64"}), ("100K", {"fix3", "reference"})):
            self.assertEqual(set(re.findall(rf"^{scale} +(\S+) ", text, re.M)), names)

    def test_machines_have_prices_of_their_own(self):
        self.write()
        one = prediction.gets(self.results)
        other = [get._replace(machine="m2", measured=Estimate(*(3 * ns for ns in get.measured[:3]), 6)) for get in one]
        with mock.patch.object(prediction, "gets", return_value=one + other):
            found = prediction.judged(self.results)
        self.assertEqual(len(found), 2)
        for of in found.values():
            self.assertEqual(prediction.near(of), len(one))

    def test_too_few_are_refused(self):
        self.write(names=NAMES[:4])
        self.assert_refused(f"model RESULTS={self.results}", "8 gets with stored counts on one machine are too few to"
                            " fit 4 prices and test them", 1)

    def test_near_is_so_on_both_sides(self):
        self.assertEqual([prediction.is_near(ratio) for ratio in (0.86, 0.88, 1.14, 1.16)], [False, True, True, False])


class Stored(unittest.TestCase):
    def test_of_what_is_stored_each_composition_is_predicted_once(self):
        for text in printed("model").split("On machine ")[1:]:
            names = re.findall(r"^100K +(\S+) ", text, re.M)
            self.assertEqual(len(names), len(set(names)))
            self.assertIn("reference", names)


if __name__ == "__main__":
    unittest.main()
