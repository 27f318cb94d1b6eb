#!/usr/bin/env python3
"""A contributor's file: written from an export, read back as it was, and refused where it is not what it should be."""
import contextlib
import copy
import io
import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab import command, results  # noqa: E402
from lab.site import contributed, export  # noqa: E402

EXPERIMENT = ROOT / "results" / "runs" / "buckets"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def contribute(out, name="alder", experiment=EXPERIMENT):
    with contextlib.redirect_stdout(io.StringIO()) as told:
        contributed.contribute(name, str(experiment), out=out)
    return told.getvalue()


class Written(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)

    def test_it_is_the_experiment(self):
        told = contribute(self.room)
        self.assertRegex(told, r"alder.json: 1 experiments of AMD EPYC; make site shows them\n$")
        data, = contributed.read_all(self.room)
        made, = data["experiments"]
        self.assertEqual(made, json.loads(export.text_of(export.of_experiment(results.of_export(EXPERIMENT)))))

    def test_another_experiment_is_added_and_the_same_replaced(self):
        for experiment in ("buckets", "churn", "buckets"):
            contribute(self.room, experiment=EXPERIMENT.parent / experiment)
        data, = contributed.read_all(self.room)
        self.assertEqual([one["name"] for one in data["experiments"]], ["churn", "buckets"])

    def test_two_machines_are_two_files(self):
        contribute(self.room)
        with self.assertRaisesRegex(contributed.Wrong, "wanted experiments of one machine"):
            contribute(self.room, experiment=EXPERIMENT.parent / "libhamt")

    def test_what_makes_no_sense_is_refused(self):
        for name in ("", "../x", "A", "a b"):
            with self.assertRaisesRegex(command.BadSetting, "^NAME=.*: wanted a name for this machine"):
                contribute(self.room, name)
        with self.assertRaisesRegex(command.BadSetting, "times no map"):
            contribute(self.room, experiment=EXPERIMENT.parent / "superslab")


class Checked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as room:
            contribute(pathlib.Path(room))
            cls.good, = contributed.read_all(pathlib.Path(room))

    def changed(self, change):
        data = copy.deepcopy(self.good)
        change(data["experiments"][0])
        return data

    def test_any_text_may_stand_where_a_page_shows_text(self):
        def change(one):
            one["machine"]["cpu"] = one["machine"]["os"] = one["compilers"] = HOSTILE
        contributed.check(self.changed(change), "alder")

    def test_what_becomes_part_of_a_command_may_not(self):
        for change in (lambda one: one["competitors"][0].__setitem__(0, HOSTILE),
                       lambda one: one["competitors"][0].__setitem__(2, "$(shell id)"),
                       lambda one: one["cells"][0].__setitem__(0, "get;id"),
                       lambda one: one["grids"][0].__setitem__("REPS", "`id`"),
                       lambda one: one.__setitem__("name", "a b"),
                       lambda one: one.__setitem__("plan", "make PLAN=experiments/x.plan experiment; id")):
            with self.assertRaises(contributed.Wrong):
                contributed.check(self.changed(change), "alder")

    def test_figures_are_figures(self):
        for name, change in {
                "a time": lambda one: one["series"][0]["ns"].__setitem__(0, "12"),
                "a negative time": lambda one: one["series"][0]["ns"].__setitem__(0, -1),
                "no finite time": lambda one: one["series"][0]["ns"].__setitem__(0, float("inf")),
                "a truth": lambda one: one["series"][0]["ns"].__setitem__(0, True),
                "a cell that is not there": lambda one: one["series"][0].__setitem__("cell", 99),
                "samples of another number of blocks": lambda one: one["samples"][0].pop(),
                "samples of fewer series": lambda one: one["samples"].pop(),
                "a level": lambda one: one["levels"][0][0].__setitem__(0, "<b>"),
                "memory": lambda one: one["series"][0].__setitem__("own", []),
                "a field too many": lambda one: one.__setitem__("more", 1),
                "a field too few": lambda one: one.pop("commit")}.items():
            with self.subTest(name), self.assertRaises(contributed.Wrong):
                contributed.check(self.changed(change), "alder")

    def test_another_form_and_another_name_are_refused(self):
        with self.assertRaisesRegex(contributed.Wrong, "is of form 2"):
            contributed.check(self.good | {"form": 2}, "alder")
        with self.assertRaisesRegex(contributed.Wrong, "its name is not that of the file"):
            contributed.check(self.good, "birch")

    def test_what_cannot_be_read_is_one_line(self):
        with tempfile.TemporaryDirectory() as room:
            path = pathlib.Path(room) / "x.json"
            for text in ("{", "[" * 100000, "nonsense"):
                path.write_text(text)
                with self.assertRaisesRegex(contributed.Wrong, "^.*x.json: cannot be read: .*$"):
                    contributed.read(path)

    def test_every_stored_one_is_good(self):
        contributed.read_all()


if __name__ == "__main__":
    unittest.main()
