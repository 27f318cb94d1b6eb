#!/usr/bin/env python3
"""The judge of the instrument, on made studies whose answers are known; the compositions in
disguise; and how the studies go on after an interruption."""
import contextlib
import io
import itertools
import json
import math
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab import command, stats  # noqa: E402
from lab.counts import callgrind  # noqa: E402
from lab.instrument import verdict as instrument, studies, subjects  # noqa: E402

RELINK = ROOT / "experiments/instrument/relink.py"


def pairs(comparisons=200, blocks=20, effect=0.0, noise=0.03, seed=1, samples=3):
    """The rows of a study of pairs, with a drift that both sides of a block share."""
    source, rows = random.Random(seed), []
    for number in range(comparisons):
        for block in range(blocks):
            drift = source.lognormvariate(3, 0.5)
            for side, factor in (("a", 1.0), ("b", 1 + effect)):
                times = [drift * factor * source.lognormvariate(0, noise)] * samples
                times[0] *= 50  # one of several samples that was interrupted
                rows.append({"composition": ("fix4", "reference")[number % 2], "op": "get",
                             "pattern": "shuffled", "scale": "1000", "seed": str(number),
                             "block": str(block), "side": side, "position": "0",
                             "ns_per_op": " ".join(f"{t:.6g}" for t in times)})
    return rows


def failed(verdicts):
    return [verdict.text for verdict in verdicts if verdict.passed is False]


def texts(verdicts):
    return "\n".join(verdict.text for verdict in verdicts)


class Gates(unittest.TestCase):
    def test_flags_allowed(self):
        self.assertEqual([instrument.flags_allowed(n) for n in (200, 400)], [18, 31])

    def test_finds_wanted(self):
        self.assertEqual([instrument.finds_wanted(n) for n in (58, 59, 92, 93, 96)],
                         [59, 59, 92, 92, 95])


class TwinStudy(unittest.TestCase):
    def test_no_difference_passes(self):
        verdicts = list(instrument.judge_aa(pairs()))
        self.assertEqual(failed(verdicts), [])
        self.assertRegex(verdicts[0].text, r"^\d+ of 200 comparisons")
        self.assertIn("4000 pairs", texts(verdicts))

    def test_a_difference_on_one_side_fails(self):
        told = failed(instrument.judge_aa(pairs(effect=0.02)))
        self.assertEqual(len(told), 2)  # flags, and the median of all
        self.assertRegex(told[1], r"median of all pairs \+(1\.9|2\.[01])")

    def test_a_small_bias_in_all_fails_the_median_alone(self):
        told = failed(instrument.judge_aa(pairs(effect=0.007, noise=0.05)))
        self.assertEqual(len(told), 1)
        self.assertIn("within 0.5 %", told[0])

    def test_too_few_comparisons_fail(self):
        self.assertIn("at least 200", failed(instrument.judge_aa(pairs(199)))[0])

    def test_samples_are_one_value_and_outliers_are_told(self):
        verdicts = list(instrument.judge_aa(pairs(samples=3)))
        self.assertEqual(instrument.replicate({"ns_per_op": "1000 20 21"}), 21)
        self.assertRegex(texts(verdicts), r"outliers .*\d+ low severe, \d+ low mild")

    def test_power_is_foretold(self):
        for noise, low, high in ((0.01, 99, 100), (0.3, 0, 20)):
            text = texts(instrument.judge_aa(pairs(noise=noise)))
            power = int(re.search(r"moved by 5 %.* power of (\d+) %", text)[1])
            self.assertTrue(low <= power <= high, text)


class PowerStudy(unittest.TestCase):
    def test_what_is_there_is_found(self):
        verdicts = list(instrument.judge_power(pairs(96, effect=0.05, noise=0.015)))
        self.assertEqual(failed(verdicts), [])
        injected = float(re.search(r"all pairs see it: \+([\d.]+) %", texts(verdicts))[1])
        self.assertAlmostEqual(injected, 5, delta=0.3)

    def test_noise_that_hides_it_fails(self):
        self.assertEqual(len(failed(instrument.judge_power(pairs(96, effect=0.05, noise=0.1)))), 1)

    def test_a_larger_delay_does_not_count(self):
        told = failed(instrument.judge_power(pairs(96, effect=0.06, noise=0.015)))
        self.assertEqual(len(told), 1)
        self.assertIn("not to be certainly more than 5.3 %", told[0])

    def test_a_difference_the_wrong_way_is_not_found(self):
        told = failed(instrument.judge_power(pairs(96, effect=-0.05, noise=0.01)))
        self.assertIn("found in 0 of 96", told[0])

    def test_too_few_fail_though_all_are_found(self):
        self.assertIn("at least 59", failed(instrument.judge_power(
            pairs(40, effect=0.05, noise=0.01)))[0])


class LayoutStudy(unittest.TestCase):
    def rows(self, effects, seed=1, noise=0.01):
        source, rows = random.Random(seed), []
        for op, scale in itertools.product(("get", "put"), ("10000", "100000")):
            layouts = [(kind, str(n)) for kind in studies.LAYOUT_KINDS for n in range(20)]
            own = {layout: source.gauss(0, effects.get((op, layout[0]), 0)) for layout in layouts}
            for block in range(10):
                drift = source.gauss(3, 0.4)
                rows += [{"kind": kind, "layout": n, "op": op, "scale": scale, "block": str(block),
                          "position": "0", "ns_per_op":
                          str(math.exp(drift + own[kind, n] + source.gauss(0, noise)))}
                         for kind, n in layouts]
        return rows

    def test_the_kind_that_matters_is_named_and_no_other(self):
        text = texts(instrument.judge_layout(self.rows({("get", "link"): 0.03})))
        self.assertIn("for 12: get at 10K by link, get at 100K by link\n", text)

    def test_nothing_is_found_where_nothing_is(self):
        self.assertIn("for 12: none\n", texts(instrument.judge_layout(self.rows({}))))

    def test_the_spread_is_what_was_put_in(self):
        medians = instrument.layout_medians(self.rows({("get", "move"): 0.05}))
        found = stats.bootstrap(medians["get", 10000]["move"], lambda v: (max(v) - min(v)))
        self.assertTrue(0.1 < found.median < 0.3, found)  # 20 draws: 3.7 standard deviations
        self.assertLess(max(map(abs, medians["put", 10000]["move"])), 0.02)


class CountStudy(unittest.TestCase):
    def rows(self, **last):
        rows = [{"composition": "fix4", "op": "get", "scale": "10000", "run": str(run),
                 "operations": "10000", "instructions": "1357251", "l1_misses": "41385",
                 "last_misses": "0"} for run in range(3)]
        rows[-1].update(last)
        return rows

    def test_the_same_passes_and_one_instruction_more_fails(self):
        self.assertEqual(failed(instrument.judge_counts(self.rows())), [])
        self.assertEqual(len(failed(instrument.judge_counts(self.rows(instructions="1357252")))), 1)
        self.assertEqual(len(failed(instrument.judge_counts(self.rows()[:1]))), 1)

    def test_misses_are_told(self):
        verdicts = list(instrument.judge_counts(self.rows(l1_misses="41395")))
        self.assertEqual(failed(verdicts), [])
        self.assertRegex(texts(verdicts), r"135\.725 +0 +4\.138 +10 +0\.000 +0")


class Report(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.out = pathlib.Path(temporary.name)

    def store(self, **rows_of):
        for study, rows in rows_of.items():
            studies.write_csv(self.out / f"{instrument.FILES.get(study, study)}.csv", list(rows[0]),
                              [list(row.values()) for row in rows])
            origin = dict.fromkeys(studies.ORIGIN_OF_EXPERIMENT, "1") | {
                "compiler": "cc", "cpu": "made up", "started": "2026-01-01T00:00:00.000Z"}
            studies.note_origin(self.out, study, origin, "pairs=20")

    def report(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            try:
                instrument.main(["--in", str(self.out)])
                status = 0
            except SystemExit as end:
                status = end.code
        return status, out.getvalue()

    def test_all_passed(self):
        self.store(aa=pairs(), power=pairs(96, effect=0.05, noise=0.015),
                   layout=LayoutStudy().rows({}), counts=CountStudy().rows())
        status, text = self.report()
        self.assertEqual((status, text.count("passed: ")), (0, 5), text)
        self.assertIn("every gate is passed", text)
        self.assertIn("made up, 1 cores, virtual, cc; pairs=20", text)

    def test_one_failed_and_one_missing(self):
        self.store(aa=pairs(effect=0.1), counts=CountStudy().rows(), layout=LayoutStudy().rows({}))
        status, text = self.report()
        self.assertEqual(status, 1)
        self.assertIn("falls short in: aa, power (not measured yet)", text)

    def test_nothing_stored_is_told(self):
        with self.assertRaisesRegex(command.Failure, "make instrument"):
            instrument.main(["--in", str(self.out)])


class Disguise(unittest.TestCase):
    """One composition, compiled under other names; with a hash that other tests do not build."""
    HASH = "fnv1a"

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        for path in (ROOT / "build").glob(f"c*/@*{cls.root.name}@*"):
            shutil.rmtree(path)
        cls.temporary.cleanup()

    def build(self, variant, target="cell"):
        made = subprocess.run(["make", "-s", f"VARIANT={variant}", f"HASH={self.HASH}", target],
                              cwd=ROOT, text=True, capture_output=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        return ROOT / made.stdout.splitlines()[-1]

    def test_a_copy_is_left_alone_when_it_is_made_again_and_mended_when_it_is_not_whole(self):
        copy = subjects.delayed("fix4", self.root / "again", 1, 2)
        before = {path: path.stat().st_mtime_ns for path in copy.iterdir()}
        (copy / "stale.h").write_text("")
        (copy / "leaf.h").write_text("broken")
        subjects.delayed("fix4", self.root / "again", 1, 2)
        after = {path: path.stat().st_mtime_ns for path in copy.iterdir()}
        self.assertEqual({p for p in after if after[p] != before[p]}, {copy / "leaf.h"})
        self.assertEqual(after.keys(), before.keys())

    def test_settings_that_a_copy_would_lose_are_refused(self):
        with self.assertRaises(subjects.compose.Nonsense):
            subjects.delayed("phase3", self.root / "phase3", 1, 2)

    @unittest.skipUnless(shutil.which("valgrind"), "valgrind counts the steps")
    def test_a_delay_takes_the_steps_that_were_asked_for_and_only_in_that_operation(self):
        counted = {}
        for steps in (0, 1000, 3000):
            directory = subjects.delayed("reference", self.root / f"delayed{steps}", steps, 0)
            program = self.build(directory, "counted-cell")
            counted[steps] = callgrind.count(program, "get", "shuffled", 2560)
            if steps:
                puts = callgrind.count(program, "put", "shuffled", 2560)
        # 2,560 gets: ten spins, whose steps are a few instructions each
        per_step = (counted[3000].events["Ir"] - counted[1000].events["Ir"]) / (10 * 2000)
        self.assertIn(per_step, (3, 4, 5))
        first = counted[1000].events["Ir"] - counted[0].events["Ir"]
        self.assertAlmostEqual(first / (10 * 1000 * per_step), 1, delta=0.01)
        none = callgrind.count(self.build(self.root / "delayed0", "counted-cell"), "put", "shuffled", 2560)
        self.assertEqual(puts.events["Ir"], none.events["Ir"])


class Relink(unittest.TestCase):
    def test_layouts_are_what_they_are_called(self):
        sys.path.insert(0, str(RELINK.parent))
        import relink  # noqa: E402
        objects = ["cell.o", "trace.o", "hamt.o", "workload.o"]
        plain = (objects, 0, 0)
        self.assertEqual([relink.chosen("same", n, objects) for n in ("00", "07")], [plain] * 2)
        for kind, place in (("link", 0), ("move", 1), ("envs", 2)):
            found = [relink.chosen(kind, f"{n:02}", objects) for n in range(20)]
            self.assertEqual(found, [relink.chosen(kind, f"{n:02}", objects) for n in range(20)])
            self.assertGreater(len({str(one[place]) for one in found}), 10)
            for one in found:
                rest = [(x, y) for i, (x, y) in enumerate(zip(one, plain)) if i != place]
                self.assertTrue(all(x == y for x, y in rest))
                self.assertEqual(sorted(one[0]), sorted(objects))

    def make(self, variant):
        return subprocess.run([RELINK, "-s", f"VARIANT={variant}", f"HASH={Disguise.HASH}",
                               "KEY=u64", "cell"], cwd=ROOT, text=True, capture_output=True)

    def test_programs_give_the_same_answers_from_other_places(self):
        checksums, places = set(), []
        for layout in ("same.00", "move.03", "link.03", "envs.03"):
            made = self.make(f"lazy.{layout}")
            self.assertEqual(made.returncode, 0, made.stderr)
            program = ROOT / made.stdout.strip()
            self.addCleanup(shutil.rmtree, program.parents[2], ignore_errors=True)
            told = subprocess.run([program, "--op", "get", "--pattern", "shuffled", "--scale",
                                   "100", "--seed", "1"], cwd=ROOT, text=True, capture_output=True,
                                  check=True).stdout
            checksums.add(json.loads(told)["checksum"])
            binary = program.with_name("real") if layout.startswith("envs") else program
            names = subprocess.run(["nm", binary], text=True, capture_output=True).stdout
            places.append(re.search(r"(\w+) T hamt_get", names)[1])
        self.assertEqual(len(checksums), 1)
        same, move, link, envs = places
        self.assertEqual(same, envs)
        self.assertEqual(len({same, move, link}), 3)

    def test_what_is_no_layout_is_refused(self):
        for variant in ("lazy", "lazy.other.00", "lazy.same.0", "nothing.same.00"):
            made = self.make(variant)
            self.assertEqual((made.returncode, made.stdout), (2, ""), made.stderr)


class GoingOn(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.calls = []
        self.stop = True

        def study(name):
            def measure(_given):
                """A study."""
                self.calls.append(name)
                if name == "b" and self.stop:
                    raise KeyboardInterrupt
                return dict.fromkeys(studies.ORIGIN_OF_EXPERIMENT, 1) | {"compiler": "cc"}, "s"
            return measure
        self.enterContext(mock.patch.object(studies, "BUILD", self.root))
        self.enterContext(mock.patch.object(studies, "STUDIES", {n: study(n) for n in "abc"}))

    def enterContext(self, manager):  # Python 3.11 has it
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def measure(self, pairs=20):
        given = types.SimpleNamespace(studies=["a", "b", "c"], out=self.root, pairs=pairs)
        with contextlib.redirect_stderr(io.StringIO()):
            studies.measure_studies(given)

    def test_a_study_that_is_done_is_not_measured_again_until_all_are(self):
        for _ in range(2):
            with self.assertRaises(KeyboardInterrupt):
                self.measure()
        self.assertEqual(self.calls, ["a", "b", "b"])
        self.stop = False
        self.measure()
        self.assertEqual(self.calls[3:], ["b", "c"])
        self.measure()
        self.assertEqual(self.calls[5:], ["a", "b", "c"])
        self.assertEqual([row["study"] for row in studies.read_csv(self.root / "studies.csv")],
                         ["a", "b", "c"])

    def test_other_settings_begin_anew(self):
        with self.assertRaises(KeyboardInterrupt):
            self.measure()
        self.stop = False
        self.measure(pairs=30)
        self.assertEqual(self.calls, ["a", "b", "a", "b", "c"])


class Settings(unittest.TestCase):
    def test_bad_ones_are_refused(self):
        for arguments in (["--studies", "aa,x"], ["--pairs", "0"], ["--pin", "seven"],
                          ["--largest", "1"], ["--what"]):
            with self.subTest(arguments=arguments), self.assertRaises(command.BadSetting):
                studies.main(arguments)

    def test_a_file_is_written_whole_or_not_at_all(self):
        with tempfile.TemporaryDirectory() as name:
            path = pathlib.Path(name) / "x.csv"
            studies.write_csv(path, ["a"], [[1]])

            def broken():
                yield [2]
                raise ValueError
            with self.assertRaises(ValueError):
                studies.write_csv(path, ["a"], broken())
            self.assertEqual(studies.read_csv(path), [{"a": "1"}])


if __name__ == "__main__":
    unittest.main()
