#!/usr/bin/env python3
"""The table of an experiment, on made data: its head, its answer, its cells, its CSV, and how it
ends."""
import csv
import os
import pathlib
import re
import subprocess
import unittest

import made_export
from paths import ROOT, room, shown
from lab import command, compare, experiment, printing, results, settings, store
from made_store import Made
from made_runs import made

NO_POOL = {"entries": 10, "pool": {"allocations": 0, "fallbacks": 0}}
PLAN = ("VARIANTS=mine,list,lazy,reference OPS=put,get PATTERNS=shuffled SCALES=1000,10000 HASH=xxh3"
        " KEY=u64 ALLOC=glibc REPS=12 SAMPLES=5 SEED=7 POOL_SLOTS=0 PIN=last")


def printed(path, report=experiment.table, **asked):
    return shown(report, store=path, **asked)


def section(text, title):
    """The rows below a title, or below a table's first column, as cells."""
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if re.match(rf"{title}( |$)", line))
    first = next(i for i in range(first, len(lines)) if lines[i].startswith("--")) + 1
    last = next(i for i in range(first, len(lines)) if lines[i] and lines[i][0] in "Te ")
    rows = [re.split(r" {2,}", line.strip()) for line in lines[first:last]]
    return [row for row in rows if len(row) > 2]


class Stored(unittest.TestCase):
    """A composition that takes a quarter of list's time, beside others; `get` is not told apart."""
    plan = PLAN

    def setUp(self):
        self.room = room(self)
        self.path = self.room / "store.sqlite"
        self.made = Made(self.path, self.plan)
        self.addCleanup(self.made.connection.close)
        self.fill()

    def fill(self):
        for scale in (1000, 10000):
            for name, time in (("reference", 100), ("mine", 400), ("list", 1600), ("lazy", 800)):
                self.made.add(name, "put", "shuffled", scale, [time] * 12, tree=NO_POOL, bytes_per_entry=scale / 10)
        for name in ("list", "mine"):
            uneven = [1, 9] if name == "list" else [9, 1]
            self.made.add(name, "get", "shuffled", 1000, uneven * 6)


class Head(Stored):
    def test_it_names_every_setting(self):
        head = " ".join(printed(self.path).split("\n\n")[0].split())
        for word in PLAN.split()[1:]:
            self.assertIn(word, head)
        for words in ("experiment e (seeds), 2026-01-01 00:00 UTC, running", "commit unknown",
                      "machine c, 2 cores", "POOL_SLOTS=0: those of each composition",
                      "processes 12 for each"):
            self.assertIn(words, head)

    def test_it_tells_how_much_was_timed_and_whether_competitors_took_turns(self):
        connection = self.made.connection
        timed, = connection.execute("SELECT sum(ns_per_op * ops * repeats) / 1e9 FROM measurement").fetchone()
        connection.execute("UPDATE run SET seconds = ? / (SELECT count(*) FROM run)", (timed / 0.37,))
        connection.commit()
        self.assertIn("in each cell; 37 % of their time was under the clock", printed(self.path))
        self.assertNotIn("\nturns ", printed(self.path))
        connection.execute("UPDATE cell SET parameters = 'pool_slots=1 turns=cold'")
        connection.commit()
        self.assertIn("\nturns       competitors of a block were alive together", printed(self.path))

    def test_the_last_line_tells_where_it_is_and_what_is_next(self):
        self.assertRegex(printed(self.path).replace("\n  ", " "), rf"\nexperiment e in {self.path};"
                         " next: the same command goes on where it stopped\n$")
        self.made.connection.execute("UPDATE experiment SET status = 'finished', finished = 'x'")
        self.made.connection.commit()
        def last():
            return printed(self.path).replace("\n  ", " ").splitlines()[-1]
        self.assertTrue(last().endswith("; next: make VARIANT=mine SCALES=10000 why, make csv"))
        self.made.connection.execute("UPDATE build SET composition = '/dir/mine' WHERE variant = 'mine'")
        self.made.connection.commit()
        self.assertIn("next: make VARIANT=/dir/mine ", last())


class Answer(Stored):
    def test_means_gap_bytes_and_how_many_cells(self):
        rows = {(row[0], row[1]): row[2:] for row in section(printed(self.path), "op")}
        self.assertEqual(rows["put", "mine"], [
            "0.25 [0.25 0.25] <", "2 0 0", "4.00 [4.00 4.00] >", "0 2 0", "50 %", "110-1010", "100-1000"])
        self.assertEqual(rows["put", "lazy"][4], "25 %")  # half of list's time, a sixteenth is all
        self.assertEqual(rows["put", "reference"][2], "1")
        self.assertEqual(rows["get", "mine"][1], "0 0 1")

    def test_what_was_asked_for_stands_first_and_reference_last(self):
        text = printed(self.path)
        for rows in (section(text, "op"), section(text, "put, shuffled keys")):
            self.assertEqual([row[1] for row in rows[:4]], ["mine", "list", "lazy", "reference"])

    def test_a_mean_is_taken_block_by_block(self):
        # Each block's mean of both cells is 2, though its ratios differ by 16 times.
        def ns(cell, competitor):
            return 2 if competitor.variant == "slow" else 1
        runs = made(ns, ops=("put",), scales=(1000, 2000), variants=("slow", "list", "reference"))
        slow, small = runs["variant"] == "slow", runs["scale"] == 1000
        factor = (2.0 ** (small * 2 - 1)) ** (2 * (runs["block"] % 2) - 1)
        runs["ns_per_op"] *= factor.where(slow, 1)
        line = next(experiment.answers(runs, experiment.yardsticks(runs)))
        self.assertEqual((line.competitor[0], line.means[0].marks), ("slow", "??"))
        for figure in line.means[0].ratio[:3]:
            self.assertAlmostEqual(figure, 2)

    def test_there_is_no_gap_where_reference_is_not_faster(self):
        runs = made(lambda cell, competitor: 1, variants=("list", "mine", "reference"))
        for line in experiment.answers(runs, []):
            self.assertIsNone(line.gap_closed)


class Cells(Stored):
    def fill(self):
        self.made.add("list", "put", "shuffled", 10000, [400] * 12, tree=NO_POOL)
        self.made.add("mine", "put", "shuffled", 10000, [100] * 12)  # its pool is full
        self.made.add("reference", "put", "shuffled", 10000, [50] * 12, tree=NO_POOL)
        self.made.add("list", "get", "shuffled", 10000, [300] * 3, tree=NO_POOL)

    def rows(self):
        return {row[1]: row for row in section(printed(self.path), "put, shuffled keys")}

    def test_ratios_are_taken_pair_by_pair_and_marked(self):
        # Blocks differ by up to 12 times, pairs not at all.
        self.assertEqual(self.rows()["mine"][5:7], ["0.25 [0.25 0.25] <", "2.00 [2.00 2.00] >"])

    def test_what_is_counted_has_no_interval(self):
        self.assertEqual(self.rows()["list"][3:5], ["11.0", "1.00"])

    def test_a_full_pool_is_told_in_its_row_and_in_the_answer(self):
        self.assertEqual(self.rows()["mine"][7], "75 % by malloc")
        self.assertEqual(len(self.rows()["list"]), 7)
        self.assertEqual(section(printed(self.path), "op")[0][-1], "1/1")

    def test_few_replicates_have_no_interval(self):
        self.assertIn("[too few]", section(printed(self.path), "get, shuffled keys")[0][2])

    def test_an_operation_and_a_pattern_that_are_new_come_last(self):
        self.made.add("list", "swap", "words", 10, [1] * 6)
        self.made.add("list", "remove", "random", 10, [1] * 6)
        titles = re.findall(r"^\w+, \w+ keys$", printed(self.path), re.M)
        self.assertEqual(titles, ["put, shuffled keys", "get, shuffled keys", "remove, random keys",
                                  "swap, words keys"])

    def test_what_malloc_gave_out_stands_between_what_became_resident_and_what_is_counted(self):
        """Where malloc told; of a peer it is there as well, and nothing is counted."""
        self.assertNotIn("llocated", printed(self.path))
        self.made.add("peer", "put", "shuffled", 10000, [300] * 12, tree=NO_POOL | {"bytes": {"nodes": 0}},
                      bytes_per_entry=40, allocated_per_entry=44.5)
        self.assertEqual(self.rows()["peer"][3:6], ["50.0", "44.5", "-"])
        self.assertEqual(self.rows()["list"][3:6], ["11.0", "-", "1.00"])
        answers = {row[1]: row[-4:] for row in section(printed(self.path), "op")}
        self.assertEqual(answers["peer"][-3:], ["50.0", "44.5", "-"])
        self.assertIn("Allocated: bytes an entry", printed(self.path).replace("\n  ", " "))

    def test_churn_is_explained(self):
        self.assertNotIn("churn", printed(self.path))
        self.made.add("list", "churn", "shuffled", 10, [1] * 6)
        self.assertIn("\nchurn       one operation is a remove and a put;", printed(self.path))

    def test_as_csv(self):
        path = self.room / "table.csv"
        self.assertEqual(printed(self.path, experiment.csv, csv=path), f"{path}\n")
        with open(path, newline="", encoding="utf-8") as file:
            rows = {(row["op"], row["variant"]): row for row in csv.DictReader(file)}
        self.assertEqual(len(rows), 4)
        mine = rows["put", "mine"]
        self.assertEqual((mine["replicates"], mine["scale"], mine["hash"]), ("12", "10000", "xxh3"))
        self.assertEqual(float(mine["to_list_low"]), 0.25)
        self.assertEqual(float(mine["ns_per_op"]), 650.0)  # of 100, 200, ... 1200
        self.assertAlmostEqual(float(mine["mops"]), 1000 / 650)
        self.assertEqual(float(mine["by_malloc"]), 0.75)
        self.assertEqual(rows["put", "list"]["to_list"], "")
        self.assertEqual(rows["get", "list"]["ns_per_op_low"], "")


class Two(Stored):
    """VARIANT=list AGAINST=mine: list is no yardstick here."""
    plan = "VARIANTS=list,mine"

    def fill(self):
        self.made.add("list", "put", "shuffled", 1000, [400] * 12)
        self.made.add("mine", "put", "shuffled", 1000, [200] * 12)

    def test_of_two_the_second_is_the_yardstick(self):
        text = printed(self.path)
        self.assertIn("x mine", text)
        self.assertNotIn("x list", text)
        self.assertEqual([row[5] for row in section(text, "put, shuffled keys")], ["2.00 [2.00 2.00] >", "1"])

    def test_another_may_be_named(self):
        self.assertIn("0.50 [0.50 0.50] <", printed(self.path, against=["list"]))
        with self.assertRaisesRegex(command.BadSetting, "AGAINST=lazy: .* one of: list, mine"):
            printed(self.path, against=["lazy"])


class Grids(Stored):
    plan = "VARIANTS=lazy HASH=wyhash,xxh3 ALLOC=mimalloc,glibc"

    def fill(self):
        for time, hash_name, allocator in ((100, "xxh3", "glibc"), (50, "xxh3", "mimalloc"),
                                           (300, "wyhash", "glibc"), (75, "wyhash", "mimalloc")):
            self.made.add("lazy", "put", "shuffled", 1000, [time] * 12, hash_name, allocator)

    def test_allocators_are_held_against_glibc_and_hashes_against_xxh3(self):
        rows = {row[1]: row[5:7] for row in section(printed(self.path), "put, shuffled keys")}
        self.assertEqual(rows["lazy wyhash mimalloc"], ["0.25 [0.25 0.25] <", "1.50 [1.50 1.50] >"])
        self.assertEqual(rows["lazy xxh3 mimalloc"], ["0.50 [0.50 0.50] <", "1"])
        self.assertEqual(rows["lazy wyhash glibc"], ["1", "3.00 [3.00 3.00] >"])


class Page(unittest.TestCase):
    def assertFits(self, text):
        for line in text.splitlines():
            self.assertLessEqual(len(line), 120, line)

    def test_an_experiment_fits(self):
        for name in ("fixes", "allocators", "hashes"):
            self.assertFits(shown(experiment.table, experiment=store.RUNS / name))

    def test_all_stored_tables_fit(self):
        done = subprocess.run(["make", "-s", "tables"], cwd=ROOT, text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        later = [name for name in ("churn", "buckets", "pools") if (ROOT / "results" / "runs" / name).is_dir()]
        self.assertEqual(len(re.findall("^==== ", done.stdout, re.M)), 6 + len(later))
        self.assertFits(done.stdout)

    def test_one_document_alone(self):
        done = subprocess.run(["make", "-s", "DOCUMENT=003", "tables"], cwd=ROOT, text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(re.findall(r"^(00\d) \w+: ", done.stdout, re.M)), {"003"})
        self.assertEqual(len(re.findall("^==== ", done.stdout, re.M)), 1)

    def test_wide_text_goes_on_below_and_an_interval_stays_whole(self):
        wide = " ".join(["word"] * 30)
        text = printing.align(["what", "x list"], [[wide, "0.25 [0.20 0.30] <"]], figures=1)
        first, second = text.splitlines()[2:]
        self.assertEqual((len(first), first[-18:]), (printing.WIDTH, "0.25 [0.20 0.30] <"))
        self.assertEqual((first[:-18] + second).split(), ["word"] * 30)

    def test_colour_is_for_terminals(self):
        green = "\x1b[32m0.25 [0.20 0.30] <\x1b[0m"
        self.assertEqual(experiment.paint("a  0.25 [0.20 0.30] <  1.0 [0.9 1.1] ?"), f"a  {green}  1.0 [0.9 1.1] ?")
        self.assertNotIn("\x1b", shown(experiment.show, "0.25 [0.20 0.30] <"))


class ToldApart(unittest.TestCase):
    """Processes of which only what they were told tells that they did different things, and that print no tree."""

    def setUp(self):
        rows = [{"variant": variant, "samples": [time * threads * (1 + block)], "block": block,
                 "parameters": f"threads={threads} writes=5"}
                for threads in (1, 2) for variant, time in (("list", 100), ("lazy", 50 * threads))
                for block in range(6)]
        self.export = str(made_export.write(room(self), "made", rows))

    def test_each_setting_is_an_operation_in_tables(self):
        text = shown(experiment.table, experiment=self.export, against=["list"])
        self.assertRegex(text, r"(?m)^get threads=1 +lazy +0\.50 \[0\.50 0\.50\] <")
        self.assertRegex(text, r"(?m)^get threads=2 +lazy +1\.00 \[1\.00 1\.00\] ")
        self.assertIn("get threads=2, shuffled keys", text)
        self.assertNotIn("get writes=5", text)  # which all were told

    def test_and_so_in_comparisons(self):
        text = shown(compare.compare, a=f"{self.export}:list", b=f"{self.export}:lazy")
        self.assertRegex(text, r"(?m)get threads=2 .* 1\.00 \[1\.00 1\.00\]")

    def test_what_was_told_nothing_keeps_its_name(self):
        runs = results.of_export(pathlib.Path(self.export)).runs
        runs = runs.assign(parameters=runs["parameters"].replace("threads=1 writes=5", ""))
        self.assertEqual(set(results.told_apart(runs)["op"]), {"get", "get threads=2 writes=5"})

    def test_what_nothing_tells_apart_stays_as_it_is(self):
        runs = results.of_export(pathlib.Path(self.export)).runs
        self.assertEqual(set(results.told_apart(runs[runs["parameters"] == "threads=1 writes=5"])["op"]), {"get"})


class Settings(unittest.TestCase):
    def test_values_of_all_grids_in_order(self):
        found = settings.read("VARIANTS=b,a REPS=6\nVARIANTS=a,/some/dir+c REPS=12")
        self.assertEqual(found, {"VARIANTS": ["b", "a", "/some/dir+c"], "REPS": ["6", "12"]})
        self.assertEqual(settings.label("/some/dir+c"), "dir+c")


class Asking(unittest.TestCase):
    """What make hands to the runner."""

    @staticmethod
    def make(*words):
        return subprocess.run(["make", "-n", *words], cwd=ROOT, text=True, capture_output=True,
                              env={**os.environ, "MAKEFLAGS": ""})

    def variants(self, *words):
        return re.search(r"--variants '([^']*)'", self.make(*words, "experiment").stdout)[1]

    def test_what_is_measured_beside(self):
        self.assertEqual(self.variants("VARIANT=pathcomp"), "pathcomp,list,lazy,phase3,reference")
        self.assertEqual(self.variants("VARIANT=lazy"), "lazy,list,phase3,reference")
        self.assertEqual(self.variants("VARIANT=fix4,lazy"), "fix4,lazy,list,phase3,reference")
        self.assertEqual(self.variants("VARIANT=fix4", "AGAINST=fix3"), "fix4,fix3")

    def test_what_makes_no_sense_is_refused(self):
        for words, told in {("VARIANT=pool", "AGAINST=pool", "experiment"): "AGAINST=pool: ",
                            ("VARIANT=pool,lazy", "cell"): "VARIANT=pool,lazy: cell takes one"
                            }.items():
            done = self.make(*words)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(told, done.stderr)


if __name__ == "__main__":
    unittest.main()
