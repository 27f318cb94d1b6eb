#!/usr/bin/env python3
"""The figures of scale, on made gets, loads and caches."""
import unittest
from unittest import mock

import pandas

import made_counts
from drawn import answer, figure_of, rings
from made_runs import experiment, made
from lab import question, scale
from lab.counts import exact
from lab.instrument import study
from lab.printing import digits
from lab.results import NotMeasured
from lab.settings import STORED_BASELINE as BASELINE

CACHES = [{"level": 1, "type": "Data", "size": 32768}, {"level": 1, "type": "Instruction", "size": 32768},
          {"level": 2, "type": "Unified", "size": 524288}]
# Of 7 processes: a load takes 1 ns in 4 KB and 100 ns in 64 MB.
LIMITS = pandas.DataFrame([(run, "load lines", "small", size, value) for run in range(7)
                           for size, value in ((4096, 1.0), (64 << 20, 100.0))],
                          columns=["run", "what", "pages", "bytes", "value"])


def runs(scales, ns=lambda cell: cell.scale / 1000, pool=None):
    """fix4 has 50 bytes an entry, and the pool that is given."""
    return made(lambda cell, competitor: ns(cell), ops=tuple(scale.OPS), scales=scales, variants=(BASELINE, "fix4"),
                size=lambda competitor: 50.0 if competitor.variant == "fix4" else 500.0,
                shape=lambda cell, competitor: {"pool": pool} if pool and competitor.variant == "fix4" else {})


def asked(read, machine="m", limits=True, **found):
    """What is read from results that have these runs, and limits of a machine, if any."""
    def exported(name, directory):
        if name not in found:
            raise NotMeasured(f"{name}: not measured; make results measures it")
        return experiment(found[name], caches=CACHES)
    read_limits = mock.patch.object(study, "read", return_value=({"machine": machine}, LIMITS), side_effect=(
        None if limits else NotMeasured("not measured: make instrument measures it")))
    with read_limits, mock.patch.object(question, "exported", exported), mock.patch.object(scale, "exported", exported):
        return read(mock.Mock(directory="made"))


class Caches(unittest.TestCase):
    def test_gets_come_from_both_experiments_the_first_believed(self):
        found = asked(scale.read_caches, suite=runs((1000, 10000)), seeds=runs((10000, 1000000), lambda cell: 7.0))
        points = found.gets["get"][BASELINE]
        self.assertEqual([(point.scale, point.footprint) for point in points],
                         [(1000, 5e5), (10000, 5e6), (1000000, 5e8)])
        self.assertEqual([round(point.time.median / 1.875, 6) for point in points], [1, 10, 7])
        self.assertEqual(found.levels, {"L1": 32768, "L2": 524288})
        self.assertEqual({size: load.median for size, load in found.loads.items()}, {4096: 1, 64 << 20: 100})

    def test_loads_of_another_machine_or_none_are_left_out_and_told(self):
        for more, why in ((dict(machine="other"), "another machine"),
                          (dict(limits=False), "make instrument measures it")):
            found = asked(scale.read_caches, suite=runs((1000, 10000)), **more)
            self.assertEqual(found.loads, {})
            points, told = answer(scale.CACHES, found)
            self.assertIn(why, told[-1])

    def test_one_size_alone_is_told_of(self):
        """Of itself it is as large."""
        points, told = answer(scale.CACHES, asked(scale.read_caches, suite=runs((1000,))))
        self.assertIn(f"get: {BASELINE} 1.00 times as long at 1K", told[0])

    def test_no_experiment_is_not_measured(self):
        with self.assertRaisesRegex(NotMeasured, "make results"):
            asked(scale.read_caches)

    def test_the_figure(self):
        points, told = answer(scale.CACHES, asked(scale.read_caches, suite=runs((1000, 10000, 100000))))
        self.assertEqual(list(points), [f"{BASELINE}: get", "fix4: get", f"{BASELINE}: get_chained",
                                        "fix4: get_chained"])
        self.assertEqual([x for x, _ in points[f"{BASELINE}: get_chained"]["o", True]], [5e5, 5e6, 5e7])
        self.assertEqual([x for x, _ in points["fix4: get_chained"]["o", True]], [5e4, 5e5, 5e6])
        self.assertIn(f"get: {BASELINE} 100 times as long at 100K entries (47.7M) as at 1K;", told[0])
        self.assertIn("4K 1.00 [1.00 1.00], 64M 100 [100 100]", told[-1])

    def test_each_point_is_named_by_its_entries(self):
        found = asked(scale.read_caches, suite=runs((1000, 10000, 100000)))
        with figure_of(scale.CACHES, found) as figure:
            for axes in figure.axes:
                self.assertLessEqual({"1K", "10K", "100K"}, {text.get_text() for text in axes.texts})

    def test_slots_that_a_pool_never_came_to_are_no_memory_that_a_get_loads_from(self):
        """Else all maps in a pool of one size stand above each other, as a wall."""
        empty = {"allocations": 9, "fallbacks": 0, "slots_used": 1000, "slots_capacity": 4000}
        found = asked(scale.read_caches, suite=runs((1000, 10000), pool=empty))
        self.assertEqual([point.footprint for point in found.gets["get"]["fix4"]], [50e3 - 24e3, 500e3 - 24e3])
        full = dict(empty, fallbacks=3, slots_used=9000)
        found = asked(scale.read_caches, suite=runs((1000, 10000), pool=full))
        self.assertEqual([point.footprint for point in found.gets["get"]["fix4"]], [50e3, 500e3])
        with figure_of(scale.CACHES, found) as figure:
            self.assertEqual({title: len(each) for title, each in rings(figure).items()},
                             {"fix4: get": 2, "fix4: get_chained": 2})
        self.assertEqual(list(scale.CACHES.tell(found))[-1], "Arrays that malloc served because the"
                         " pool was full: fix4 1K 33 %, fix4 10K 33 %.")


class Floors(unittest.TestCase):
    def read(self, counted=(), **more):
        rows = made_counts.counts(*(dict(composition=variant, op="get", scale=10000, chain=5, d1_misses=3)
                                    for variant in counted))
        with mock.patch.object(exact, "load", return_value=rows):
            return asked(scale.read_floors, suite=runs((1000, 10000)), **more)

    def test_the_figure(self):
        found = self.read((BASELINE,))
        self.assertEqual([get.variant for get in found.gets], [BASELINE] * 4 + ["fix4"] * 4)
        points, told = answer(scale.FLOORS, found)
        for panel in points.values():
            self.assertEqual({marker: len(found) for marker, found in panel.items()},
                             {("D", False): 4, ("s", False): 4, ("o", True): 4})
        # floors are of 16 bytes an entry, whatever the map takes
        floors = [x for x, _ in points["get: ns"]["D", False]]
        self.assertEqual(floors[:2], floors[2:])
        self.assertIn("; it has a chain of 5.00 loads, 3.00 of its", told[0])
        self.assertTrue(told[0].startswith(f"get, {BASELINE} 10K: as long as"))
        self.assertNotIn("chain of", told[-1])  # fix4 was not counted
        self.assertEqual(len(told), 4)

    def test_beside_each_line_stand_its_numbers(self):
        found = self.read()
        with figure_of(scale.FLOORS, found) as figure:
            for axes, op in zip(figure.axes, scale.OPS):
                written = [text.get_text() for text in axes.texts]
                some = [get for get in found.gets if get.op == op]
                self.assertEqual(written, [
                    "x floor", *(digits(get.over.median) for get in some),
                    "loads", *(digits(get.k.median) for get in some)])

    def test_another_machine_s_limits_are_no_floor(self):
        with self.assertRaisesRegex(NotMeasured, "of two machines"):
            self.read(machine="other")

    def test_other_orders_of_keys_are_left_out(self):
        random = made(lambda cell, competitor: 1.0, ops=("get",), patterns=("random",), variants=(BASELINE,))
        with mock.patch.object(exact, "load", return_value=made_counts.counts()):
            with self.assertRaisesRegex(NotMeasured, "get of shuffled keys"):
                asked(scale.read_floors, suite=random)


if __name__ == "__main__":
    unittest.main()
