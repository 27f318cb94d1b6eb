#!/usr/bin/env python3
"""The page takes ratios as the lab does: of every stored experiment, in every cell and over all, beside every kind of
baseline."""
import functools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
sys.path.insert(0, str(ROOT / "tests" / "web"))
import made_shapes  # noqa: E402
from made_shapes import made_export  # noqa: E402
from lab import goal, pairs, results, sequential  # noqa: E402
from lab.command import Failure  # noqa: E402
from lab.results import COMPETITOR, RUN  # noqa: E402
from lab.settings import BASELINE, REFERENCE, STORED_BASELINE  # noqa: E402
from lab.site import build, export, studies  # noqa: E402

NODE = shutil.which("node")
WORDS = {goal.FASTER: "faster", goal.SLOWER: "slower", goal.LEVEL: "level", goal.UNDECIDED: "cannot tell"}
# Whose programs have settings that make's have no name for.
OF_A_PLAN = {"threads", "threads-writes", "versions", "versions-bucket", "fixes", "fixes-zen3",
             "frontier-strings"}
BEFORE_ALL_WAS_COUNTED = set()
POINTS = [[1, 5], [2, 5], [2, 4], [3, 6], [1, 7], [4, 1], [4, 1], [5, 0.5]]


@functools.cache
def stored():
    """{name: (results.Experiment, what the page has of it)}, and some of other shapes; keys under different
    settings are of different kinds."""
    found = {path.parent.name: results.of_export(path.parent.resolve())
            for path in sorted(results.RESULTS.glob("runs/*/experiment.csv"))
            if path.parent.name not in studies.REPORTS}
    with tempfile.TemporaryDirectory() as room:
        for make in (made_shapes.in_turn, made_shapes.decided):
            make(room)
            found[make.__name__] = results.exported(make.__name__, room)

    def apart(runs):
        runs = export.with_settings(runs)
        return runs.assign(key=runs["key"] + runs["setting"])
    return {name: (each._replace(runs=apart(each.runs)), export.of_experiment(each, name))
            for name, each in found.items()}


def baselines(runs):
    """Each (field, name) that is worth a baseline."""
    names = set(runs["variant"])
    yield "variant", next((name for name in (BASELINE, STORED_BASELINE, REFERENCE) if name in names), min(names))
    for field in ("hash", "allocator"):
        if runs[field].nunique() > 1:
            yield field, sorted(runs[field].unique())[0]


@unittest.skipUnless(NODE, "there is no Node.js: make build/packages-web")
class Ratios(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.asked = [(name, found, made, over) for name, (found, made) in stored().items()
                     for over in baselines(found.runs)]
        told = json.loads(export.text_of({"ranks": build.ranks(200), "points": POINTS, "experiments": [
            {"experiment": made, "baseline": dict(zip(("field", "name"), over))} for _, _, made, over in cls.asked]}))
        done = subprocess.run([NODE, ROOT / "tests/web/ratios.mjs"], input=json.dumps(told), capture_output=True,
                              text=True)
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.told = json.loads(done.stdout)

    def close(self, found, wanted, what):
        if wanted is None:
            self.assertIsNone(found, what)
            return
        self.assertEqual(found[3], wanted.count, what)
        for one, other in zip(found[:3], wanted[:3]):
            if other is None:
                self.assertIsNone(one, what)
            else:
                self.assertAlmostEqual(one / other, 1, 12, what)

    def test_each_cell_is_the_labs(self):
        compared, verdicts = 0, set()
        for (name, found, made, over), told in zip(self.asked, self.told["experiments"]):
            wanted = pairs.ratios(found.runs, over[1], over[0])
            times = pairs.estimates(found.runs.set_index([*RUN, "block"])["ns_per_op"], RUN, sequential.of(found.runs))
            seen, rule = set(), goal.rule_of(found.about["settings"])
            for number, series in enumerate(made["series"]):
                *cell, setting = made["cells"][series["cell"]]
                key = (*cell[:-1], f"{cell[-1]}{setting}", *made["competitors"][series["competitor"]][:3])
                self.close(told["times"][number], times[key], (name, key))
                if str(number) in told["cells"]:
                    ratio, verdict = told["cells"][str(number)]
                    self.close(ratio, wanted.get(key), (name, over, key))
                    self.assertEqual(verdict, WORDS[rule.mark(wanted[key], tuple(cell))], (name, key))
                    seen.add(key)
                    verdicts.add(verdict)
            self.assertEqual(seen, set(wanted.index), (name, over))
            compared += len(seen)
        self.assertGreater(compared, 500)
        self.assertEqual(verdicts, set(WORDS.values()))

    def test_each_mean_is_the_labs(self):
        for (name, found, made, over), told in zip(self.asked, self.told["experiments"]):
            blocks = pairs.by_block(found.runs, over[1], over[0])
            wanted = {key: pairs.mean_of_cells(group, sequential.of(found.runs))
                      for key, group in blocks.groupby(level=["op", *COMPETITOR])}
            self.assertEqual(len(told["means"]), len(wanted), (name, over))
            for key, mean in told["means"].items():
                op, competitor = key.split()
                self.close(mean, wanted[(op, *made["competitors"][int(competitor)][:3])], (name, over, key))

    def by_name(self, what):
        return {name: told[what] for (name, *_), told in zip(self.asked, self.told["experiments"])}

    def test_what_is_chosen_together_is_there(self):
        for name, selections in self.by_name("selections").items():
            for asked, chosen, fitting in selections:
                self.assertEqual(chosen, asked, name)
                self.assertGreater(fitting, 0, (name, asked))

    def test_a_question_to_begin_with_has_its_experiment(self):
        for question, missing in self.told["questions"]:
            self.assertEqual(missing, [], question)

    def test_a_point_has_its_command(self):
        self.assertEqual({name for name, asked in self.by_name("asked").items() if not asked}, OF_A_PLAN)

    def test_malloc_did_not_give_out_less_than_a_map_holds(self):
        """Else it is not shown.  It is so where memory that came without malloc was not counted yet."""
        told = self.by_name("allocated")
        shown = [(own, here) for series in told.values() for own, _, here in series if None not in (own, here)]
        self.assertGreater(len(shown), 10)
        for own, here in shown:
            self.assertLessEqual(own, here)
        hidden = {name for name, series in told.items() for _, stored, here in series
                  if here is None and stored is not None}
        self.assertEqual(hidden, BEFORE_ALL_WAS_COUNTED)

    def test_the_front_has_what_nothing_beats(self):
        def beaten(one):
            return any(x <= one[0] and y <= one[1] and [x, y] != one for x, y in POINTS)
        unbeaten = {tuple(one) for one in POINTS if not beaten(one)}
        self.assertEqual(sorted(self.told["front"]), sorted(map(list, unbeaten)))


class Exported(unittest.TestCase):
    def test_every_stored_process_is_there(self):
        for name, (found, made) in stored().items():
            times = [time for one in made["series"] for time in one["ns"] if time is not None]
            self.assertEqual(len(times), len(found.runs), name)
            self.assertEqual(sum(len(taken) for blocks in made["samples"] for taken in blocks),
                             found.runs["samples"].map(len).sum(), name)
            self.assertFalse(found.runs.duplicated([*RUN, "block"]).any(), name)

    def test_each_point_knows_its_line_of_the_plan(self):
        for name, (_, made) in stored().items():
            for one in made["series"]:
                self.assertIsNotNone(one["grid"], name)


class Settings(unittest.TestCase):
    """Cells that differ in what their processes were told."""
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = room.name

    def test_they_are_cells_of_their_own(self):
        made_shapes.told(self.room)
        made = export.of_experiment(results.exported(made_shapes.TOLD, self.room))
        self.assertEqual(made["cells"], [[made_shapes.OP, "shuffled", 1000, "u64", told]
                                         for told in ("differ=1", "differ=100")])
        self.assertEqual([one["ns"] for one in made["series"]],
                         [[time] * made_shapes.BLOCKS for time in made_shapes.TIMES.values()])
        self.assertEqual([one["grid"] for one in made["series"]], [0, 0, 1, 1])

    def test_two_processes_for_one_place_are_refused(self):
        made_export.write(self.room, "twice", [{"samples": [1.0], "plan_seed": seed} for seed in (1, 2)])
        with self.assertRaisesRegex(Failure, "fix4, get ran twice in block 0"):
            export.of_experiment(results.exported("twice", self.room))


if __name__ == "__main__":
    unittest.main()
