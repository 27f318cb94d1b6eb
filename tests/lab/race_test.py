#!/usr/bin/env python3
"""A race keeps the best and drops the rest: the rule on scores that are made up, the command with the real runner and
cells that are made up, and what is stored of races that were replayed."""
import contextlib
import io
import math
import os
import pathlib
import subprocess
import sys
import unittest
import unittest.mock

import numpy
import pandas

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from paths import room
from lab import race, race_check, race_course, races, results, simulation  # noqa: E402
from lab.factorial.families import of_family  # noqa: E402
from lab.command import Failure  # noqa: E402
from made_runs import made  # noqa: E402

FAKES = ROOT / "tests" / "run"


def blocks(source, truth, count):
    """A frame of scores around these, with heavy tails, and slower or faster blocks."""
    noise = 0.1 * source.standard_t(2, (count, len(truth))) + source.normal(0, 1, (count, 1))
    return pandas.DataFrame(noise + list(truth.values()), columns=list(truth))


def raced(truth, share=0.02, most=2000, seed=1):
    """The Race to its end, and how many blocks of how many candidates each wave had."""
    source, asked = numpy.random.default_rng(seed), []

    def measure(candidates, count):
        asked.append((count, len(candidates)))
        return blocks(source, {name: truth[name] for name in candidates}, count) if sum(asked[0]) < most else None
    *_, last = race_course.waves(measure, race.Race(list(truth), share))
    return last, asked


class Rule(unittest.TestCase):
    def test_a_bet_on_a_fair_game_is_fair(self):
        for count in (1, 8, 60):
            mean = sum(math.comb(count, worse) / 2 ** count * math.exp(race.log_winnings(worse, count))
                       for worse in range(count + 1))
            self.assertAlmostEqual(mean, 1)
        self.assertGreater(race.log_winnings(5000, 5000), 3000)
        self.assertLess(race.log_winnings(10, 5000), -500)

    def dropped(self, source, races=60, candidates=10, count=120):
        """How often each of equal candidates, all of which are the best, is dropped."""
        gone = 0
        for _ in range(races):
            one = race.Race([f"c{i}" for i in range(candidates)], 0)
            one.run(blocks(source, dict.fromkeys(one.candidates, 0.0), count))
            gone += numpy.count_nonzero(one.after)
        return gone / (races * candidates)

    def test_the_best_is_dropped_in_one_race_of_25_at_most(self):
        self.assertLess(self.dropped(numpy.random.default_rng(3)), 1 / race.DROPS)
        with unittest.mock.patch.object(race, "DROPS", 3):
            self.assertGreater(self.dropped(numpy.random.default_rng(3)), 0.1)

    def test_losers_go_first(self):
        truth = {"far": 2.0, "best": 0.0, "near": 0.15, "middle": 0.7, "farther": 3.0}
        one, asked = raced(truth)
        self.assertEqual((one.names[0], one.decided), ("best", True))
        after = dict(zip(one.candidates, one.after))
        self.assertEqual((after["best"], min(after["far"], after["farther"])), (0, race.FEWEST))
        self.assertLess(after["far"], after["near"] or len(one.logs))
        self.assertEqual(asked[0], (race.FEWEST, 5))
        self.assertLess(asked[-1][1], 5)
        one, _ = raced({"far": 2.0, "this one": 0.0})
        self.assertEqual((one.names, race.verdict(one)), (["this one"], "With 95 % confidence the best is this one."))

    def test_it_ends_when_those_left_are_level(self):
        one, _ = raced({"a": 0.0, "b": 0.0, "far": 1.0}, share=0.1)
        self.assertEqual((sorted(one.names), one.decided), (["a", "b"], True))
        self.assertRegex(race.verdict(one), "one of the 2 that are left, and [ab] takes at most 10 % more than it")
        one.share = 0.001
        self.assertFalse(one.level())

    def test_a_leader_who_is_not_the_best_goes_too(self):
        one = race.Race(["was first", "other"], 0.02)
        one.run(pandas.DataFrame({"was first": [0.0] * 3 + [1.0] * 40, "other": [0.5] * 43}))
        self.assertEqual(one.names, ["other"])

    def test_a_block_in_which_somebody_failed_does_not_count(self):
        one = race.Race(["a", "b"], 0.02)
        scores = pandas.DataFrame({"a": [0.0] * 9, "b": [1.0, -1.0, 1.0] * 3})
        scores.loc[[2, 5], "b"] = math.nan
        one.run(scores)
        self.assertEqual((len(one.logs), sorted(one.names)), (7, ["a", "b"]))

    def test_who_runs_along_is_told_to_the_end(self):
        one = race.Race(["best", "far"], 0.02, ["far", "other"])
        truth = {"best": 0.0, "far": math.log(4), "other": math.log(2)}
        one.run(pandas.DataFrame([truth] * 6))
        self.assertEqual((one.names, one.decided), (["best"], True))
        one = race.Race(["best", "level", "far"], 0.02, ["far", "other"])
        one.run(pandas.DataFrame([truth | {"level": 0.0}] * 20))
        self.assertEqual(list(one.logs[:, 2:].min(axis=0)), [truth["far"], truth["other"]])
        self.assertTrue(one.decided)
        self.assertRegex(" ".join(race.table(one).split()),
                         r"level 1.00 \[1.00 1.00\] far 4.00 \[4.00 4.00\] 6 other 2.00 \[2.00 2.00\]$")

    def test_six_blocks_drop_whoever_lost_them_to_the_leader_and_five_cannot(self):
        self.assertEqual(race.FEWEST, 6)
        for count, dropped in ((5, 0), (6, 2)):
            one = race.Race(["worst", "bad", "best"], 0.02)  # the first leads before anything is known
            one.run(pandas.DataFrame({"worst": [2.0] * count, "bad": [1.0] * count, "best": [0.0] * count}))
            self.assertEqual(numpy.count_nonzero(one.after), dropped)

    def test_without_an_answer_it_says_who_is_left(self):
        measure = iter([blocks(numpy.random.default_rng(1), {"a": 0.0, "b": 0.0, "far": 2.0}, race.FEWEST), None])
        *_, last = race_course.waves(lambda candidates, count: next(measure), race.Race(["a", "b", "far"], 0.001))
        self.assertFalse(last.decided)
        self.assertRegex(race.verdict(last), "^The budget is gone.  .* the best is one of the 2 that are left.$")
        table = " ".join(race.table(last).split())
        self.assertRegex(table, rf"x [ab] dropped after .* [ab] 1 [ab] \S+( \[.*\])? far [\d.]+.* {race.FEWEST}$")


def told_again(out):
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        races.races(out)
    return told.getvalue()


class Common(unittest.TestCase):
    def test_what_all_that_are_left_have(self):
        bucket = of_family("bucket")
        names = [bucket.composition(fixes) for fixes in (("steps", "lines"), ("steps", "tags"))]
        self.assertEqual(race_course.common_text(names, bucket),
                         "Of granules, steps, tags, quotients, directory, lines, all that are left have steps, none has"
                         " granules, quotients, directory.")
        self.assertIn("it has steps, lines, it lacks granules", race_course.common_text(names[:1], bucket))
        self.assertEqual(race_course.common_text([*names, "champion"], bucket), "")


class Scores(unittest.TestCase):
    def test_are_weighted_geometric_means(self):
        def ns(cell, competitor):
            times = {"put": 100, "get": 10}[cell.op], {1000: 1, 10000: 4}[cell.scale]
            return math.prod(times) * {"a": 1, "list": 3}[competitor.variant]
        runs = made(ns, scales=(1000, 10000), variants=("a", "list"), blocks=3).assign(rss_per_entry=50.0)
        found = race.scores(runs, {"put": 1.0, "get": 3.0})
        self.assertEqual((list(found.columns), list(found.index)), (["a", "list"], [0, 1, 2]))
        slower = 1 + found.index.to_numpy() / 4  # from block to block
        numpy.testing.assert_allclose(numpy.exp(found["a"]), 2 * 100 ** 0.25 * 10 ** 0.75 * slower)
        numpy.testing.assert_allclose(numpy.exp(found["list"] - found["a"]), 3)
        found = race.scores(runs, {"put": 1.0, "bytes": 1.0})
        numpy.testing.assert_allclose(numpy.exp(found["a"]), (200 * slower * 50) ** 0.5)
        numpy.testing.assert_allclose(numpy.exp(race.scores(runs, {"bytes": 1.0})), 50)
        with self.assertRaisesRegex(Failure, "^bytes: of some processes no memory became resident"):
            race.scores(runs.assign(rss_per_entry=0.0), {"put": 1.0, "bytes": 1.0})


class Command(unittest.TestCase):
    def setUp(self):
        self.room = room(self)
        for part in ("hash/xxh3", "key/u64"):
            (self.room / "common" / part).mkdir(parents=True)

    def race(self, *words, expect=0, command="race"):
        done = subprocess.run(
            [sys.executable, "-B", "-m", "lab", command, f"RUNNER={ROOT}/build/run/run --make {FAKES}/fake_make",
             "ASKED=--patterns shuffled --scales 1000 --samples 1", f"STORE={self.room}/store", *words], cwd=self.room,
            env=os.environ | {"PYTHONPATH": str(ROOT / "notebooks"), "TMPDIR": str(self.room)}, text=True,
            capture_output=True)
        self.assertEqual(done.returncode, expect, done.stderr)
        return " ".join(done.stdout.split()), done.stderr

    def test_it_finds_the_best_of_real_processes(self):
        # `rough` takes longer than `good` in eight blocks of nine and never less; `good` and `other` are the same.
        out, err = self.race("CANDIDATES=rough,good,other", "WEIGHTS=put:1,get:2")
        self.assertRegex(out, "best is one of the 2 that are left, and (good|other) takes at most 2 % more than it")
        self.assertRegex(out, r"put:1,get:2; .* It took [\d,]+ processes; .* would take [\d,]+, and \d+ %")
        self.assertRegex(err, r"(?m)^\d+ \w+, \d+ blocks: \d of 3 left, (good|other) leads$")
        starts = [line.split()[:2] for line in (self.room / "starts").read_text().splitlines()]
        self.assertLess(starts.count(["rough", "put"]), starts.count(["good", "put"]))

    def test_it_finds_the_front_of_real_processes(self):
        out, err = self.race("CANDIDATES=rough,good,other", "FRONT=put,get", command="race-front")
        self.assertRegex(out, r"the front put, x least get, x least level with open with .* 1 (good|other) .* 2 "
                         r"(good|other) .* dropped beaten by after -+ -+ -+ rough [12] \d+ With 95 % confidence nobody")
        self.assertRegex(err, r"(?m)^\d+ \w+, \d+ blocks: 2 of 3 left, 0 of the pairs open$")
        self.assertIn("wanted two goals or more", self.race("FRONT=put", command="race-front", expect=2)[1])

    def test_what_makes_no_sense_is_told(self):
        for words, status, told in (
                (["CANDIDATES=good"], 2, "race: VARIANT=good: a race takes two compositions or more"),
                (["CANDIDATES=good,other", "WEIGHTS=put"], 2, "WEIGHTS=put: makes no sense; wanted weights of"),
                (["FAMILY=palm"], 2, "FAMILY=palm: no factorial experiment is of it; one of: trie, bucket"),
                (["CANDIDATES=good,other", "WEIGHTS=put:0"], 2, "WEIGHTS=put:0: makes no sense"),
                (["CANDIDATES=good,other", "WEIGHTS=sing:1"], 1, "OPS=sing"),
                (["CANDIDATES=good,crash"], 1, "the runner has told why")):
            self.assertIn(told, self.race(*words, expect=status)[1])

    def test_one_that_is_kept_is_told_again_from_its_samples(self):
        asked = {"best": ["CANDIDATES=good,rough", "WEIGHTS=put:1", "DECIDE=5%", "AGAINST=other"],
                 "both": ["CANDIDATES=rough,good", "FRONT=put,get"]}
        told = {name: self.race(f"NAME={name}", f"OUT={self.room}", *words,
                                command="race-front" if "FRONT" in words[-1] else "race")[0]
                for name, words in asked.items()}
        again = " ".join(told_again(self.room).split())
        self.assertRegex(again, r"^== best: CANDIDATES=good,rough WEIGHTS=put:1 DECIDE=5% FAMILY=trie AGAINST=other =="
                                r" Measured on 20\d\d-\d\d-\d\d, .* == both: CANDIDATES=rough,good FRONT=put,get"
                                r" DECIDE=2% FAMILY=trie == ")
        for text in told.values():
            self.assertIn(text, again)
        self.assertRegex(told["best"], r"good 1 other 1.00 .* rough .* \d+ With 95 % confidence the best is good\.")
        facts = races.facts(*races.again(self.room / "races/best")[:2])
        self.assertEqual((facts["best"], facts["second"], facts["left"]), ("`good`", "`rough`", "`good`"))
        self.assertRegex(facts["over second"], r"^[1-3]\.\d\d \[")
        self.assertRegex(facts["over other"], r"^1\.00 \[")
        self.assertIn("best is there already", self.race("NAME=best", f"OUT={self.room}", *asked["best"], expect=2)[1])
        waves = sorted(path.name for path in (self.room / "races/best").iterdir())
        self.assertEqual(waves[:2], ["race.conf", "wave-1"])

    def test_waves_that_lack_somebody_are_refused(self):
        self.race("NAME=x", f"OUT={self.room}", "CANDIDATES=good,rough", "WEIGHTS=put:1")
        conf = self.room / "races/x/race.conf"
        conf.write_text(conf.read_text().replace("good,rough", "good,rough,other"))
        with self.assertRaisesRegex(Failure, "wave-1: by the waves before it other should be there, too"):
            told_again(self.room)
        with self.assertRaisesRegex(Failure, "no race was kept there"):
            told_again(self.room / "nowhere")

    def test_without_names_all_that_the_fixes_make_take_part(self):
        for family, count, one in (("trie", 256, "inline+growpool+exact+single+sizes+tagged+arena+prefetch+lazy"),
                                   ("bucket", 64, "granules+steps+tags+directory+lines")):
            found = of_family(family).every_composition
            self.assertEqual((len(found), len(set(found))), (count, count))
            self.assertIn(one, found)


class Replayed(unittest.TestCase):
    def test_stored_samples_give_the_exhaustive_answer_for_less(self):
        weights, share = race_check.GOALS[0]
        stored, source = race_check.Stored(weights, share), numpy.random.default_rng(11)
        exhaustive = pandas.read_csv(results.RESULTS / race_check.NAME)["exhaustive"][0]
        runs = results.exported("factorial").where(scale=100000)
        best = race.scores(runs[runs["variant"] != "reference"], weights)
        self.assertEqual(stored.truth.idxmin(), best.sub(best.median(axis=1), axis=0).median().idxmin())
        for _ in range(5):
            name, spent, _ = race_check.replayed(stored, source)
            self.assertTrue(stored.right(name), name)
            self.assertLess(spent, exhaustive * len(stored.truth) / 4)

    def test_what_is_false_is_found(self):
        source = numpy.random.default_rng(4)

        def tried(races=8):
            times = simulation.steady(source, (races, race_check.LONGEST * (race_check.RIVALS + 1)))
            return [race_check.false(each, source) for each in times]
        self.assertEqual(tried(), [(False, True)] * 8)
        with unittest.mock.patch.object(race, "DROPS", 1.5):
            self.assertTrue(any(wrong for wrong, _ in tried()))

    def test_what_is_stored_keeps_its_word(self):
        found = pandas.read_csv(results.RESULTS / race_check.NAME)
        fronts = found[~found["weights"].str.contains(":")]
        found = found.drop(fronts.index)
        self.assertEqual([weights for weights, _ in race_check.GOALS],
                         [{name: float(weight) for name, weight in (each.split(":") for each in row.split())}
                          for row in found["weights"]])
        self.assertEqual([",".join(goals) for goals, _ in race_check.FRONTS], list(fronts["weights"]))
        self.assertGreaterEqual(min(found["right"].min(), fronts["right"].min()), 0.95)
        self.assertLessEqual(fronts["share"].max(), 0.2)
        self.assertLessEqual(found["p95"].max(), 0.2)
        machines = pandas.read_csv(results.RESULTS / race_check.MADE_UP)
        self.assertEqual(list(machines["machine"]), list(simulation.MACHINES))
        self.assertLessEqual(machines["false"].max(), 0.05)
        page = " ".join((ROOT / "docs/method.md").read_text(encoding="utf-8").split())
        self.assertIn(f"Of {found['races'].min()} races of {found['candidates'].max()} compositions for each of"
                      f" {len(found)} goals, {math.floor(100 * found['right'].min())} % found the best, or one as good"
                      " within the share asked for, and 19 of 20 took at most"
                      f" {math.ceil(100 * found['p95'].max())} % of the processes", page)
        self.assertIn(f"Of {fronts['races'].min()} races for the front of put and bytes, within 2 %,"
                      f" {math.floor(100 * fronts['right'].min())} % missed nobody whom the front does not cover; half"
                      f" took at most {math.ceil(100 * fronts['share'].max())} % of the exhaustive plan's processes,"
                      f" but 19 of 20 at most {math.ceil(100 * fronts['p95'].max())} %", page)
        self.assertIn(f"Of {machines['races'].min()} races on each machine, at most"
                      f" {100 * machines['false'].max():.1f} % said something false", page)
        runs = results.exported("frontier-factorial").runs
        sizes = runs[runs["scale"] == race_check.SCALE].groupby(["op", "variant"])["rss_per_entry"]
        scatter = sizes.max() / sizes.min() - 1
        tries = scatter[scatter.index.isin(of_family("bucket").every_composition, level="variant")]
        self.assertIn(f"processes of one composition differ by up to {math.ceil(100 * tries.max())} %", page)


class Stored(unittest.TestCase):
    """The races of the bucket tries that git holds."""
    @classmethod
    def setUpClass(cls):
        cls.again = {name: races.again(path)[:2] for name, path in races.kept().items()}

    def test_they_are_run_again_to_their_end(self):
        for name, (question, course) in self.again.items():
            self.assertEqual(len(course.waves), len(list((results.RESULTS / "races" / name).glob("wave-*"))), name)
            self.assertEqual((len(question.race.candidates), question.race.decided), (64, name != "put"))


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
