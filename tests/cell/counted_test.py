#!/usr/bin/env python3
"""The cell that counts under callgrind: reading callgrind's output, on made data; the figures of an operation, proved
against lookups that are followed instruction by instruction and against chains counted by hand; the cell's side of the
protocol."""
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "experiments" / "counted"))
import callgrind  # noqa: E402
import chains  # noqa: E402
import core  # noqa: E402
import counted  # noqa: E402
import protocol  # noqa: E402
import purposes  # noqa: E402

HASH = "fnv1a"  # other tests, which may run at the same time, build few cells with it
CLOCK = "--dump-before=clock_gettime@@GLIBC_2.17"


def made_part(number, trigger, calls, body, totals):
    called = "".join(f"cfi=/x/hamt.c\ncfn={name}\ncalls={many} 7\n12 {900 + many} 9\n"
                     for name, many in calls)
    return (f"part: {number}\n\ndesc: Timerange: Basic block 0 - 1\ndesc: Trigger: {trigger}\n\n"
            f"positions: line\nevents: Ir Dr\nsummary: 1 1\n\n\nob=/x/cell\nfl=/x/workload.c\n"
            f"fn=operate\n{called}{body}\ntotals: {totals}\n\n")


FILLING = made_part(1, CLOCK, [("hamt_put", 3), ("hamt_get", 3)], "20 5 2\n", "5 2")
LOOKING = made_part(
    2, CLOCK, [("hamt_get", 3)],
    "20 6 3\nfi=/x/walk.h\n31 4\n32 2 1\nfe=/x/workload.c\n21 3\n\n"
    "fn=search_from'2\n20 10 5\n\nob=/lib/libc.so.6\nfl=???\nfn=malloc\n0 5 1\n", "30 10")
ENDING = made_part(3, "Program termination", [("hamt_get", 3)], "20 7\n", "7")
HEAD = "# callgrind format\nversion: 1\n"


def make(*words):
    done = subprocess.run(["make", "-s", *words], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1:]


def built(variant, hash_name=HASH):
    """The program that is to be counted, from the root."""
    return make(f"VARIANT={variant}", f"HASH={hash_name}", "counted-cell")[0]


class Reading(unittest.TestCase):
    def part(self):
        return callgrind.read(HEAD + FILLING + LOOKING + ENDING)[1]

    def costs(self, line, file, symbol):
        return next(costs for place, costs in self.part().places.items()
                    if (place.line, place.file, place.symbol) == (line, file, symbol))

    def test_costs_go_to_the_line_they_were_written_on(self):
        self.assertEqual(self.costs(20, "/x/workload.c", "operate"), {"Ir": 6, "Dr": 3})
        self.assertEqual(self.costs(31, "/x/walk.h", "operate"), {"Ir": 4})
        self.assertEqual(self.costs(32, "/x/walk.h", "operate"), {"Ir": 2, "Dr": 1})
        self.assertEqual(self.costs(21, "/x/workload.c", "operate"), {"Ir": 3})
        self.assertEqual(self.costs(0, "???", "malloc"), {"Ir": 5, "Dr": 1})

    def test_what_a_callee_costs_is_not_the_callers(self):
        self.assertNotIn(12, [place.line for place in self.part().places])
        self.assertEqual(self.part().calls, {"hamt_get": 3})

    def test_the_object_is_known(self):
        self.assertEqual({p.symbol: p.object for p in self.part().places},
                         {"operate": "/x/cell", "search_from'2": "/x/cell",
                          "malloc": "/lib/libc.so.6"})

    def test_a_part_that_is_not_whole_is_refused(self):
        with self.assertRaises(callgrind.Failed):
            callgrind.read(HEAD + LOOKING.replace("totals: 30 10", "totals: 31 10"))
        with self.assertRaises(callgrind.Failed):
            callgrind.read(HEAD + LOOKING.split("totals")[0])

    def test_half_a_part_at_the_end_is_left_out(self):
        text = callgrind.whole(HEAD + FILLING + LOOKING[:-40])
        self.assertEqual(len(callgrind.read(text)), 1)
        self.assertEqual(callgrind.read(callgrind.whole("")), [])

    def test_only_what_is_under_the_clock_counts(self):
        parts = callgrind.read(HEAD + FILLING + LOOKING + ENDING)
        self.assertEqual(callgrind.under_clock(parts, "get"), [parts[1]])
        self.assertEqual(callgrind.under_clock(parts, "put"), [parts[0]])

    def test_names_are_those_of_the_source(self):
        for symbol, name in (("search_from'2", "search_from"), ("malloc@@GLIBC_2.2.5", "malloc"),
                             ("stats_walk.isra.0", "stats_walk"), ("node_alloc.constprop.1",
                                                                   "node_alloc")):
            self.assertEqual(callgrind.plain(symbol), name)

    def test_a_complaint_is_one_line_that_says_what_to_do(self):
        self.assertIn("tools/instruction_set.sh",
                      callgrind.complaint("==1== x\nvex: unhandled instruction bytes\n"))
        self.assertEqual(callgrind.complaint("==1== x\n--1-- w\ncell: --op y: no\n"),
                         "cell: --op y: no")


class InstructionSet(unittest.TestCase):
    def test_its_name_is_what_the_flags_ask_for_last(self):
        self.assertEqual(counted.instruction_set("-O3 -march=native -g -march=x86-64-v3"),
                         "x86-64-v3")
        self.assertEqual(counted.instruction_set("-O3 -mcpu=native"), "native")
        self.assertEqual(counted.instruction_set("-O3 -mtune=native"), "the compiler's default")


class Figures(unittest.TestCase):
    def test_they_are_sums_of_events(self):
        events = "Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw Bc Bcm Bi Bim".split()
        counts = callgrind.Counted(50, Counter(dict(zip(events, range(100, 1400, 100)))), {})
        found = {name: counts.sum(of) for name, of in (counted.OF_CACHES | counted.OF_PAGES).items()}
        self.assertEqual(found, {"instructions": 100, "loads": 200, "stores": 300, "i1_misses": 400,
                                 "d1_misses": 500 + 600, "ll_misses": 700 + 800 + 900,
                                 "branches": 1000 + 1200, "mispredictions": 1100 + 1300,
                                 "tlb1_misses": 500 + 600, "tlb2_misses": 800 + 900})

    def test_places_lose_nothing_and_tell_no_path_of_a_reader(self):
        places = {callgrind.Place("/home/me/x/walk.h", 1, "walk_find", "cell"): Counter(Ir=30, D1mr=3, I1mr=2, DLmw=1),
                  callgrind.Place("/home/me/x/walk.h", 2, "walk_find", "cell"): Counter(Ir=10),
                  callgrind.Place("./malloc/malloc.c", 2, "free", "c"): Counter(Ir=5),
                  callgrind.Place("/home/me/x/walk.h", 3, "walk<a, b>", "cell"): Counter(Ir=1)}
        self.assertEqual(counted.by_place(callgrind.Counted(10, {}, places)), {
            "instructions:walking:walk.h:walk_find": 40, "l1_misses:walking:walk.h:walk_find": 5,
            "ll_misses:walking:walk.h:walk_find": 1, "instructions:memory:malloc.c:free": 5,
            "instructions:unclassified:walk.h:walk<a__b>": 1})

    def test_the_geometry_is_given_in_full(self):
        self.assertEqual(callgrind.CACHES.options(),
                         ["--I1=32768,8,64", "--D1=32768,8,64", "--LL=33554432,16,64"])
        self.assertEqual(callgrind.PREFETCHED.options()[-1], "--simulate-hwpref=yes")
        self.assertEqual(str(callgrind.PAGES),
                         "I1=32768/8/64 D1=262144/64/4096 LL=8388608/16/4096")


class Counted(unittest.TestCase):
    """Needs valgrind, and is told by other means what must come out."""
    SCALE = 60

    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-s", "build/packages-counts"], cwd=ROOT, check=True)

    def count(self, variant, op, scale=SCALE):
        return callgrind.count(built(variant), op, "shuffled", scale)

    def test_they_are_of_a_program_for_an_instruction_set_that_valgrind_knows(self):
        """Whatever the processor and CFLAGS: the program that is timed is built for both."""
        flags = os.environ.get("CFLAGS", "") + " -march=native"
        with mock.patch.dict(os.environ, CFLAGS=flags):
            program = built("list", "murmur3")
        told = counted.description(program)["identity"]["cflags"]
        self.assertNotIn("native", told)
        self.assertRegex(counted.instruction_set(told), "^(x86-64|armv8)")

    @unittest.skipIf(chains.unavailable(), chains.unavailable())
    def test_instructions_are_those_that_the_processor_executes(self):
        for variant in ("list", "reference"):
            found = self.count(variant, "get")
            outside = sum(costs["Ir"] for place, costs in found.places.items()
                          if purposes.classify(place)[0] == "loop")
            command = [built(variant), *callgrind.arguments("get", "shuffled", self.SCALE, 1)]
            followed = chains.follow(command, self.SCALE)
            with self.subTest(variant):
                self.assertEqual(found.operations, self.SCALE)
                self.assertAlmostEqual((found.events["Ir"] - outside) / self.SCALE, followed.instructions, places=6)

    def test_the_same_count_twice_agrees(self):
        for op in ("put", "get"):
            first, second = self.count("list", op), self.count("list", op)
            self.assertEqual(first.events["Ir"], second.events["Ir"], op)

    def test_they_grow_with_the_operations(self):
        """A lookup in list passes ten levels, however large the map."""
        few, many = self.count("list", "get", 30), self.count("list", "get", 60)
        each = (many.events["Ir"] - few.events["Ir"]) / 30
        self.assertAlmostEqual(each, few.events["Ir"] / 30, delta=5)
        self.assertEqual((few.operations, many.operations), (30, 60))

    def test_what_callgrind_cannot_run_is_told_in_one_line(self):
        with self.assertRaisesRegex(callgrind.Failed, "^callgrind: .*nonsense"):
            callgrind.count(built("list"), "get", "nonsense", 10)


@unittest.skipIf(chains.unavailable(), chains.unavailable())
class Chains(unittest.TestCase):
    """The longest chain of loads, counted by hand from the sources of each part.

    The map's root is one load.  A level is two: the node, for the pointer to its children (with the
    bitmap in the same place, at the same time), and the slot.  array64 has the slots in the node:
    one; two by clang, which chooses between the slot's address and none without a branch, so that
    the address waits for what is in the slot.  simd reads the chunks' lanes between the two: three.  A leaf that is a
    list is two, the list and the entry, single one.  In reference a level is one load, the row, and the record one.
    """

    def follow(self, variant, scale=40):
        command = [built(variant), *callgrind.arguments("get", "shuffled", scale, 1)]
        line = json.loads(subprocess.run(command, text=True, capture_output=True, check=True).stdout)
        return chains.follow(command, scale), line["tree"]["depth_mean"]

    def test_they_are_those_of_the_layout(self):
        compiler = counted.description(built("array64"))["identity"]["compiler"]
        dense = 2 if compiler.startswith("clang") else 1
        for variant, level, rest in (("list", 2, 3), ("array64", dense, 3), ("single", 2, 2),
                                     ("simd", 3, 3), ("lazy", 2, 3), ("reference", 1, 2)):
            followed, depth = self.follow(variant)
            with self.subTest(variant):
                self.assertAlmostEqual(followed.chain, level * depth + rest, places=6)

    def test_a_lookup_reads_no_more_lines_than_words(self):
        followed, _ = self.follow("list")
        self.assertLessEqual(followed.pages, followed.places)
        self.assertLessEqual(followed.places, followed.lines)
        self.assertLessEqual(followed.lines, followed.loads)


@unittest.skipIf(chains.unavailable(), chains.unavailable())
class Stepping(unittest.TestCase):
    """Instructions put together by hand."""

    def run_code(self, code, registers):
        from capstone import CS_ARCH_X86, CS_MODE_64, Cs
        decoder = Cs(CS_ARCH_X86, CS_MODE_64)
        decoder.detail = True
        lookup = chains.Lookup(0x7fff0000, (0x400000, 0x500000))
        for instruction in decoder.disasm(bytes.fromhex(code), 0x400000):
            lookup.step(chains.Operation(instruction), lambda name: registers.get(name, 0))
        return lookup

    def test_each_load_waits_for_the_one_that_gave_its_address(self):
        # mov rax,[rdi]; mov rcx,[rdi+8]; mov rax,[rax+rcx*8]; add rax,[rsi]
        lookup = self.run_code("488b07 488b4f08 488b04c8 480306", {"rdi": 0x10000, "rsi": 0x20000})
        self.assertEqual((lookup.chain, lookup.loads, lookup.depth["rax"]), (2, 4, 2))
        self.assertEqual(len(lookup.lines), 3)  # rdi's, that at rax + 8 rcx, which is 0 here, rsi's

    def test_addresses_alone_and_zeroing_are_no_loads(self):
        # mov rax,[rdi]; xor eax,eax; lea rcx,[rdi+8]; mov rcx,[rax+rcx]
        lookup = self.run_code("488b07 31c0 488d4f08 488b0c08", {"rdi": 0x10000, "rcx": 0x10008})
        self.assertEqual((lookup.chain, lookup.loads), (1, 2))

    def test_a_word_that_was_written_is_not_fetched(self):
        # mov rax,[rdi]; mov [rsi],rax; mov rcx,[rsi]; mov rdx,[rcx]
        lookup = self.run_code("488b07 488906 488b0e 488b11", {"rdi": 0x10000, "rsi": 0x20000,
                                                               "rcx": 0x30000})
        self.assertEqual((lookup.chain, lookup.loads), (2, 2))

    def test_a_choice_waits_for_what_it_chooses_by(self):
        # cmp qword [rdi],0; cmovne rax,rdi; mov rax,[rax]
        lookup = self.run_code("48833f00 480f45c7 488b00", {"rdi": 0x10000, "rax": 0x10000})
        self.assertEqual(lookup.chain, 2)

    def test_neighbouring_lines_are_one_place(self):
        # mov rax,[rdi]; mov rax,[rdi+64]; mov rax,[rdi+256]
        lookup = self.run_code("488b07 488b4740 488b8700010000", {"rdi": 0x10000})
        self.assertEqual((len(lookup.lines), lookup.places(), len(lookup.pages)), (3, 2, 1))


class Core(unittest.TestCase):
    """What a core makes of lookups that are made up."""

    def test_what_follows_from_the_branches_before_is_learned(self):
        always = [[(1, True)]] * 50
        loop = [[(1, turn < 4) for turn in range(5)]] * 50  # callgrind is wrong at the end of each
        other = [[(1, lookup % 2 == 0), (2, lookup % 2 == 0)] for lookup in range(50)]
        for lookups in (always, loop, other):
            self.assertEqual(sum(core.wrong(lookups)[25:]), 0)

    def test_what_is_drawn_by_chance_is_not(self):
        chance = random.Random(1)
        lookups = [[(1, chance.random() < 0.5), (2, True)] for _ in range(2000)]
        self.assertAlmostEqual(sum(core.wrong(lookups)) / 2000, 0.5, delta=0.05)

    def test_lines_that_fit_stay_and_the_oldest_of_a_set_goes(self):
        fits = [[core.SETS * way for way in range(core.WAYS)]] * 3
        self.assertEqual(core.missed(fits), [core.WAYS, 0, 0])
        exceeds = [[core.SETS * way for way in range(core.WAYS + 1)]] * 3
        self.assertEqual(core.missed(exceeds), [core.WAYS + 1] * 3)
        self.assertEqual(core.missed([[0, 1], [1, 0, 2]]), [2, 1])


class Cell(unittest.TestCase):
    """The script that make builds: asked by hand, and by the runner."""
    SCALE = 60

    @classmethod
    def setUpClass(cls):
        make("build/packages-counts", "build/run/run")
        cls.cell = make("CELL=map-counted", "VARIANT=list", f"HASH={HASH}", "cell")[0]

    def ask(self, *words, **more):
        return subprocess.run([self.cell, *words], cwd=ROOT, text=True, capture_output=True,
                              env={"PATH": "/usr/bin:/bin"}, **more)

    def values(self, op, *more, seed=1):
        done = self.ask("--op", op, "--pattern", "random", "--scale", str(self.SCALE), "--seed", str(seed), *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        line = json.loads(done.stdout)
        self.assertEqual((line["op"], line["seed"]), (op, seed))
        return line["values"]

    def test_every_figure_is_there_and_places_add_up_to_it(self):
        put, get = self.values("put"), self.values("get")
        of_lookups = {*counted.OF_PAGES, *counted.OF_PREFETCHED}
        of_lookups |= set() if chains.unavailable() else {"chain", "lines", "places", "pages", "followed"}
        for values, figures in ((put, {*counted.OF_CACHES}), (get, {*counted.OF_CACHES, *of_lookups})):
            self.assertEqual({name for name in values if ":" not in name}, {*figures, "operations"})
            self.assertEqual(values["operations"], self.SCALE)
            spent = sum(number for name, number in values.items() if name.startswith("instructions:"))
            self.assertEqual(spent, values["instructions"])

    def test_the_keys_are_the_same_in_every_block_unless_another_seed_is_asked_for(self):
        one, other, keys = self.values("get"), self.values("get", seed=2), self.values("get", "--keys-seed", "2")
        self.assertEqual(one, other)
        self.assertNotEqual(one, keys)

    def test_a_sample_for_each_go(self):
        done = self.ask("--op", "put", "--pattern", "random", "--scale", "20", "--seed", "1", "--steps",
                        input="go\ngo\nend\n")
        ready, *lines = map(json.loads, done.stdout.splitlines())
        self.assertEqual((ready, [line["sample"] for line in lines]), ({"ready": True}, [0, 1]))

    def test_it_says_what_it_counts_and_with_what(self):
        about = json.loads(self.ask("--describe").stdout)
        self.assertEqual((about["program"], about["operations"]), ("map-counted", list(callgrind.FUNCTION)))
        identity = about["identity"]
        self.assertEqual(identity["counted"], protocol.digest(ROOT / built("list")))
        self.assertEqual((identity["variant"], identity["hash"], identity["valgrind"]),
                         ("list", HASH, callgrind.version()))

    def test_what_makes_no_sense_is_told_in_one_line(self):
        done = self.ask("--op", "iterate", "--pattern", "random", "--scale", "1", "--seed", "1")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--op iterate: wanted one of: put, get", done.stderr)
        done = self.ask("--op", "get", "--pattern", "nonsense", "--scale", "1", "--seed", "1")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--pattern nonsense: wanted one of: sequential, ", done.stderr)
        done = self.ask("--op", "get", "--pattern", "random", "--scale", "1", "--seed", "1", "--keys", "nonsense")
        self.assertEqual((done.returncode, done.stdout), (4, ""))  # 1 would say that the map was wrong
        self.assertRegex(done.stderr, "^map-counted: callgrind: .*nonsense")

    @unittest.skipIf(chains.unavailable(), chains.unavailable())
    def test_lookups_of_the_timed_program_are_followed(self):
        cell = make("CELL=map-followed", "VARIANT=list", f"HASH={HASH}", "cell")[0]
        done = subprocess.run([cell, "--op", "get", "--pattern", "random", "--scale", "300", "--seed", "1"], cwd=ROOT,
                              text=True, capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"})
        values = json.loads(done.stdout)["values"]
        self.assertEqual(values["followed"], chains.GETS)
        self.assertGreater(values["loads"], values["chain"])
        self.assertLess(values["missed"], values["lines"])
        self.assertLess(values["wrong"], 0.05)  # ten levels each time

    def test_a_machine_without_valgrind_is_told_what_to_do(self):
        with mock.patch.object(callgrind.shutil, "which", return_value=None), \
                self.assertRaisesRegex(callgrind.Failed, "make build/packages-counts"):
            callgrind.version()

    def test_the_runner_schedules_and_stores_it(self):
        """The plan that asks whether counts repeat, with a small map."""
        plan = (ROOT / "experiments/instrument-counts.plan").read_text()
        for long, short in (("SCALES=10000", f"SCALES={self.SCALE} HASH={HASH}"), ("REPS=5", "REPS=2"),
                            ("VARIANTS=reference,fix4", "VARIANTS=reference,list")):
            self.assertEqual(plan.count(long), 1)
            plan = plan.replace(long, short)
        with tempfile.TemporaryDirectory() as room:
            path, store = pathlib.Path(room) / "short.plan", pathlib.Path(room) / "store"
            path.write_text(plan)
            done = subprocess.run(["build/run/run", "--store", store, "--plan", path], cwd=ROOT, text=True,
                                  capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("8 runs, 8 ok", done.stderr)
            with sqlite3.connect(store) as connection:
                rows = connection.execute(
                    "SELECT variant, op, count(*), count(DISTINCT value) FROM process"
                    " JOIN value USING (experiment, slot) WHERE name = 'instructions' GROUP BY variant, op").fetchall()
            export = subprocess.run(["build/run/run", "--store", store, "--export", room, "--experiment",
                                     done.stdout.split()[1]], cwd=ROOT, text=True, capture_output=True)
            self.assertEqual(export.returncode, 0, export.stderr)
            again = pathlib.Path(room) / "again"
            directory = next(pathlib.Path(room).glob("*/value.csv")).parent
            taken = subprocess.run(["build/run/run", "--store", again, "--import", directory], cwd=ROOT, text=True,
                                   capture_output=True)
            self.assertEqual(taken.returncode, 0, taken.stderr)
            with sqlite3.connect(store) as one, sqlite3.connect(again) as other:
                values = "SELECT slot, name, value FROM value ORDER BY slot, name"
                self.assertEqual(one.execute(values).fetchall(), other.execute(values).fetchall())
        self.assertEqual(sorted(rows), [(variant, op, 2, 1) for variant in ("list", "reference")
                                        for op in ("get", "put")])


if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main()
