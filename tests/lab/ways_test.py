#!/usr/bin/env python3
"""The ways of taking samples, judged: a made study whose answers are known; and a small one from plan to report."""
import contextlib
import io
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

from paths import ROOT
import made_export
from lab import results
from lab.instrument import ways

NAMES = ["fix4", "reference"]
NOISE = {"none": 0.12, "warm": 0.01, "cold": 0.01}
SECONDS = {"none": 1.0, "warm": 2.0, "cold": 4.0}  # of a process
BLOCKS = {"none": 96, "warm": 48, "cold": 24}      # so each way has equal time: 4 processes a block, 384 s
RATIO = {"none": 0.5, "warm": 0.5, "cold": 2.0}    # cold asks another question
LONGER = {"none": 0, "warm": 0, "cold": 0.04}      # of the operation: what is wrong with a delay there


def processes(way, blocks, scale=1000):
    source, turns = random.Random(way), "" if way == "none" else f" turns={way}"
    for block in range(blocks):
        state = source.lognormvariate(3, 0.5)  # of the machine, while the block runs

        def samples(time):
            """In turns, a sample is held against its neighbour: what a turn was like divides out."""
            own = source.lognormvariate(0, NOISE[way])
            return tuple(state * own * time * turn for turn in (1, 7, 3))
        for variant in NAMES:
            for copy in (0, 1):
                yield {"variant": variant, "scale": scale, "block": block, "parameters": f"copy={copy}{turns}",
                       "samples": samples(100 * (RATIO[way] if variant == "fix4" else 1)), "seconds": SECONDS[way],
                       "bytes_per_entry": 46.5}
        for percent in (0, 5):
            times = samples(100)
            middle = sorted(times)[1]
            delay = percent / 100 * middle
            yield {"variant": "fix4", "scale": scale, "block": block, "plan_seed": 101, "seconds": 1000,
                   "parameters": f"delay_percent={percent}{turns}",
                   "samples": tuple(time * (1 + LONGER[way] * (percent > 0)) + delay for time in times),
                   "values": {"plain_ns": middle, "delay_steps": percent}}


def found(rows):
    with tempfile.TemporaryDirectory() as room:
        directory = made_export.write(room, "instrument-ways", list(rows))
        with results.opened("nowhere", directory) as (connection, name, _):
            return ways.read(connection, name)


class Judging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _, cls.names, places, cls.sizes = found(row for way, blocks in BLOCKS.items() for row in processes(way, blocks))
        (cls.place, cls.way_of), = places.items()
        cls.time, cls.judged = ways.judge(cls.way_of)

    def test_the_maps_are_found(self):
        self.assertEqual((self.names, self.place, list(self.judged)), (NAMES, ("get", 1000), ["none", "warm", "cold"]))

    def test_time_is_equal(self):
        """And nobody is charged with the blocks that have a delay, which take a thousand seconds here."""
        self.assertEqual(self.time, 384)
        self.assertEqual({name: way.blocks for name, way in self.judged.items()}, BLOCKS)
        fewer = dict(self.way_of, cold=self.way_of["cold"]._replace(seconds=self.way_of["cold"].seconds[:12]))
        time, judged = ways.judge(fewer)
        self.assertEqual((time, [way.blocks for way in judged.values()]), (192, [48, 24, 12]))

    def test_widths(self):
        """Half an interval of the median is about 1.25 deviations of it; ratios deviate by sqrt(2) of a process."""
        for name, way in self.judged.items():
            expected = 100 * 1.96 * 1.2533 * 2 ** 0.5 * NOISE[name] / BLOCKS[name] ** 0.5
            for width in way.widths:
                self.assertTrue(expected / 2 < width < 2 * expected, (name, width, expected))
        self.assertEqual(self.judged["none"].narrower, 1)
        for name in ("warm", "cold"):
            expected = NOISE["none"] / NOISE[name] * (BLOCKS[name] / BLOCKS["none"]) ** 0.5
            self.assertTrue(expected / 2 < self.judged[name].narrower < 2 * expected)

    def test_what_each_way_finds_of_the_maps(self):
        for name, way in self.judged.items():
            self.assertLess(way.ratio.low / RATIO[name], 1.02)
            self.assertGreater(way.ratio.high / RATIO[name], 0.98)

    def test_copies_are_compared_twelve_blocks_at_a_time(self):
        self.assertEqual([way.comparisons for way in self.judged.values()], [16, 8, 4])
        for way in self.judged.values():
            self.assertLessEqual(way.flagged, 3)
        longer = {name: way._replace(copies={name: 1.5 * each for name, each in way.copies.items()})
                  for name, way in self.way_of.items()}
        self.assertEqual([way.flagged for way in ways.judge(longer)[1].values()], [16, 8, 4])

    def test_power(self):
        none, warm, cold = (way.power for way in self.judged.values())
        self.assertGreater(min(warm), 0.9)
        self.assertGreater(cold[0], 0.9)
        self.assertLess(none[1], 0.5)
        self.assertLess(none[1], none[0])

    def test_a_delay_that_is_found_longer_than_it_is_is_bias(self):
        for name, way in self.judged.items():
            self.assertLess(way.bias.low, 100 * LONGER[name] + 0.3)
            self.assertGreater(way.bias.high, 100 * LONGER[name] - 0.3)

    def test_what_is_wanted_of_a_way(self):
        self.assertEqual([way.wanted for way in self.judged.values()], [False, True, False])


class Report(unittest.TestCase):
    def report(self, rows):
        with tempfile.TemporaryDirectory() as room, contextlib.redirect_stdout(io.StringIO()) as out:
            ways.ways(experiment=made_export.write(room, "instrument-ways", list(rows)))
        return out.getvalue()

    def test_each_cell_has_a_line_for_each_way(self):
        text = self.report(row for way, blocks in BLOCKS.items() for row in processes(way, blocks))
        lines = [line for line in text.splitlines() if line.startswith("  ")]
        self.assertEqual([line.split()[0] for line in lines], ["none", "warm", "cold"])
        self.assertRegex(text, r"get 1K: 384 s each; maps: fix4 45.4K, reference 45.4K bytes;"
                         r" .* none 4, warm 8, cold 16\n")
        self.assertIn("warm: 3 times narrower than none in equal time, and a bias within 1 %: get 1K\n", text)
        self.assertIn("cold: 3 times narrower than none in equal time, and a bias within 1 %: in no cell\n", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 120)

    def test_what_is_not_there_yet_is_a_dash(self):
        text = self.report(row for row in processes("warm", 3) if "delay" not in row["parameters"])
        line, = (line for line in text.splitlines() if line.startswith("  warm"))
        self.assertRegex(line, r" +\[too few\] +- +- +- +0 of 0 +0 % +0 % +-$")

    def test_another_experiment_is_refused(self):
        with self.assertRaisesRegex(results.NotMeasured, "make ways"):
            self.report(row for row in processes("none", 2) if row["variant"] == "fix4")


class Plan(unittest.TestCase):
    """The plan, of its smallest maps and with still smaller ones; and the target."""
    @classmethod
    def setUpClass(cls):
        cls.plan = (ROOT / "experiments/instrument-ways.plan").read_text()

    def short(self, room):
        """A file with nine lines of the plan: three ways to get, to put, and to do both with and without a delay."""
        lines = [re.sub(r"SEED=(\d+)\S*", r"SEED=\1", line)
                 .replace("SCALES=4K,100K", "SCALES=4K").replace("4K", "200")
                 for line in self.plan.splitlines() if "4K" in line]
        self.assertEqual(len(lines), 9)
        path = pathlib.Path(room) / "short.plan"
        path.write_text("\n".join(lines))
        return path

    def test_from_the_plan_to_the_report(self):
        with tempfile.TemporaryDirectory() as room:
            store = f"{room}/store"
            done = subprocess.run(["build/run/run", "--store", store, "--plan", self.short(room)], cwd=ROOT,
                                  text=True, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            with results.opened(store) as (connection, name, _):
                _, names, places, _ = ways.read(connection, name)
        self.assertEqual((names, set(places)), (NAMES, {("get", 200), ("put", 200)}))
        for way_of in places.values():
            self.assertEqual(set(way_of), set(ways.WAYS))
            for way in way_of.values():
                self.assertEqual([len(each) for each in (way.seconds, way.maps, way.left, *way.copies.values())],
                                 5 * [2])

    def test_a_call_measures_a_round_at_least_and_the_next_goes_on(self):
        with tempfile.TemporaryDirectory() as room:
            def told(*words):
                done = subprocess.run(["make", "-s", "ways", f"STORE={room}/store", *words], cwd=ROOT, text=True,
                                      capture_output=True)
                self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
                return done.stdout
            plan = self.short(room)
            for blocks in (2, 4):
                second = told("BUDGET=1s", f"PLAN={plan}")
                self.assertIn(" (finished) in ", second)
                with results.opened(f"{room}/store") as (connection, name, _):
                    _, _, places, _ = ways.read(connection, name)
                self.assertEqual({len(way.maps) for way_of in places.values() for way in way_of.values()}, {blocks})
            self.assertEqual(told(f"EXPERIMENT={second.split()[1]}"), second)
            plan.write_text(plan.read_text().replace("=200", "=300"))
            self.assertNotEqual(told("BUDGET=1s", f"PLAN={plan}").split()[1], second.split()[1])

    def test_what_is_delayed_is_in_blocks_of_its_own(self):
        seeds = {delayed: {re.search(r"SEED=(\d+)", line)[1] for line in self.plan.splitlines()
                           if ("delay_percent" in line) == delayed and "SEED=" in line} for delayed in (True, False)}
        self.assertFalse(seeds[True] & seeds[False])

    def test_each_cell_has_every_way(self):
        cells = [{re.sub(r"(SAMPLES|SEED|TURNS|REPS)=\S*", "", line) for line in self.plan.splitlines()
                  if f" TURNS={way} " in line} for way in ways.WAYS]
        self.assertEqual(cells[0], cells[1])
        self.assertEqual(cells[0], cells[2])
        self.assertEqual(set(re.findall(r"SCALES=(\S*)", self.plan)), {"4K", "100K", "500K", "1M", "4K,100K"})


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
