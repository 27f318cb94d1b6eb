#!/usr/bin/env python3
"""A get's time predicted from counts: prices that made the times are found again, what has another price is told, and a
composition, or a family, has no part in its own prediction."""
import re
import unittest

import pandas

import made_export
from asked import Refusals, printed
from paths import room
from lab.counts import prediction

SCALES = (10000, 100000)
MANY, ALONE = {"small": 2, "huge": 1}, {"small": 60, "huge": 40}  # ns, from however many bytes
PRICES = (0.05, 5, 1, 0.5, 0.8)
# instructions, wrong branches, lines missed at the larger scale, share on huge pages
COUNTS = {"lazy": (300, 1, 8, 0), "fix3": (200, 0.5, 6, 0), "fix4": (140, 1.5, 4, 0), "champ": (180, 0, 5, 1),
          "bucket": (380, 2, 9, 0), "directory": (150, 0.2, 4, 0), "champion": (95, 0.04, 3, 1),
          "compact": (100, 0.1, 3, 0.5), "boost": (500, 0.02, 2, 0), "judy": (120, 0.7, 5, 0)}


def counts_of(name, scale):
    instructions, wrong, missed, huge = COUNTS[name]
    return instructions, wrong, missed * scale / SCALES[-1], huge


def time_of(name, scale):
    instructions, wrong, missed, huge = counts_of(name, scale)
    many, alone = ((1 - huge) * of["small"] + huge * of["huge"] for of in (MANY, ALONE))
    apart = 1 - max(0, 1 - wrong) * max(0, 1 - instructions / 448)
    return sum(price * term for price, term in zip(PRICES, (
        instructions, wrong, missed, missed * many, missed * apart * alone)))


class Made(unittest.TestCase, Refusals):
    def setUp(self):
        self.results = room(self)

    def write(self, slower=(), wavering=(), names=COUNTS):
        loads = [{"program": "limits", "op": op, "pattern": pages, "scale": size, "block": block, "values": {"ns": ns}}
                 for op, by_pages in (("load_many", MANY), ("load_lines", ALONE)) for pages, ns in by_pages.items()
                 for size in (1 << 10, 1 << 30) for block in range(6)]
        made_export.write(self.results, "model", loads + [
            {"variant": name, "scale": scale, "block": block, "rss_per_entry": 50,
             "values": {"large_per_entry": 50 * COUNTS[name][-1]},
             "samples": [time_of(name, scale) * (3 if name in slower else 1)
                         * (1 + ((block + number) % 6 - 2.5) / (5 if name in wavering else 1e4))]}
            for number, name in enumerate(names) for scale in SCALES for block in range(6)])
        made_export.write(self.results, "model-counts", [
            {"program": "map-followed", "variant": name, "scale": scale,
             "values": dict(zip(("instructions", "wrong", "missed"), counts_of(name, scale)))}
            for name in COUNTS for scale in SCALES])

    def model(self):
        return printed("model", f"RESULTS={self.results}")

    def test_the_prices_are_found_again(self):
        self.write()
        text = self.model()
        self.assertRegex(text, r"^20 of 20 within 15%, aim 90%: met, for machine m1 \(made up\), run e\n")
        self.assertIn("Without its family: 20 of 20. 20 lie", " ".join(text.split()))
        self.assertIn("get = 0.05 ns x instructions + 5.00 ns x wrong branches + 1.00 ns x lines + 0.50 x lines x"
                      " many + 0.80 x lines x apart x alone", " ".join(text.split()))
        self.assertEqual(set(re.findall(r"\] +\S+ +(\d\.\d\d) +(\d\.\d\d) ?$", text, re.M)), {("1.00", "1.00")})

    def test_one_that_has_other_prices_is_told_and_has_no_part_in_its_own_prediction(self):
        self.write(slower=["judy"])
        text = self.model()
        self.assertEqual(re.findall(r"^1\d+K +judy .*\] +\S+ +(\d\.\d\d)!", text, re.M), ["0.33", "0.33"])
        self.assertRegex(text, r"^\d+ of 20 within 15%, aim 90%: not met")

    def test_a_family_that_has_other_prices_is_told_where_it_is_left_out(self):
        self.write(slower=["bucket", "directory", "champion", "compact"])
        told = re.findall(r"^1\d+K +directory .*\] +\S+ +\d\.\d\d!? +(\d\.\d\d)!", self.model(), re.M)
        self.assertEqual(told, ["0.33", "0.33"])

    def test_what_is_not_known_is_not_predicted(self):
        self.write(wavering=["fix3"])
        text = self.model()
        self.assertNotIn("fix3", text)
        self.assertIn("2 gets are left out, whose interval is wider than 15%", " ".join(text.split()))

    def test_too_few_are_refused(self):
        self.write(names=[*COUNTS][:5])
        self.assert_refused(f"model RESULTS={self.results}", "fewer than 8 compositions are known to within 15%", 1)

    def test_what_slows_a_whole_block_down_is_not_the_compositions(self):
        frame = pandas.DataFrame([{"variant": name, "scale": 1, "block": block, "ns_per_op": ns * (1 + (block == 2))}
                                  for name, ns in (("a", 10.0), ("b", 20.0), ("c", 5.0)) for block in range(5)])
        self.assertEqual(list(prediction.at_one_speed(frame)["ns_per_op"]), [10.0] * 5 + [20.0] * 5 + [5.0] * 5)

    def test_near_is_so_on_both_sides(self):
        get = prediction.Get("x", "trie", 1, prediction.Estimate(100, 99, 101, 6), {}, 1, 1)
        self.assertEqual([prediction.Judged(get, time).is_near for time in (86, 88, 114, 116)],
                         [False, True, True, False])

    def test_a_composition_has_a_family_and_a_peer_none(self):
        self.assertEqual([prediction.family_of(name) for name in ("fix4", "champ", "champion", "boost", "reference")],
                         ["trie", "champ", "bucket", "other maps", "other maps"])


if __name__ == "__main__":
    unittest.main()
