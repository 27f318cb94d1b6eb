#!/usr/bin/env python3
"""Exact counts: reading callgrind's output, on made data; the figures of an operation, proved
against lookups that are followed instruction by instruction and against chains counted by hand;
storing."""
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from asked import ROOT, Refusals, printed  # noqa: E402
from lab import cell  # noqa: E402
from lab.command import Failure  # noqa: E402
from lab.printing import digits  # noqa: E402
from lab.counts import callgrind, exact, hash_counts, purposes, steps, stored  # noqa: E402

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
        with self.assertRaises(cell.CellFailed):
            callgrind.read(HEAD + LOOKING.replace("totals: 30 10", "totals: 31 10"))
        with self.assertRaises(cell.CellFailed):
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
        self.assertEqual(callgrind.instruction_set("-O3 -march=native -g -march=x86-64-v3"),
                         "x86-64-v3")
        self.assertEqual(callgrind.instruction_set("-O3 -mcpu=native"), "native")
        self.assertEqual(callgrind.instruction_set("-O3 -mtune=native"), "the compiler's default")


class Figures(unittest.TestCase):
    def test_they_are_for_one_operation(self):
        events = "Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw Bc Bcm Bi Bim".split()
        counted = callgrind.Counted(50, Counter(dict(zip(events, range(100, 1400, 100)))), {})
        found = exact.figures_of(counted)
        self.assertEqual(found["instructions"], 2)
        self.assertEqual((found["loads"], found["stores"]), (4, 6))
        self.assertEqual(found["d1_misses"], (500 + 600) / 50)
        self.assertEqual(found["ll_misses"], (700 + 800 + 900) / 50)
        self.assertEqual(found["branches"], (1000 + 1200) / 50)
        self.assertEqual(found["mispredictions"], (1100 + 1300) / 50)
        self.assertEqual(exact.figures_of(counted, exact.OF_PAGES), {"tlb1_misses": 22, "tlb2_misses": 34})

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
        program = callgrind.program_of(variant, HASH)
        return callgrind.count(program, op, "shuffled", scale)

    def test_they_are_of_a_program_for_an_instruction_set_that_valgrind_knows(self):
        """Whatever the processor and CFLAGS: the program that is timed is built for both."""
        flags = os.environ.get("CFLAGS", "") + " -march=native"
        with mock.patch.dict(os.environ, CFLAGS=flags):
            cell.make.cache_clear()
            program = callgrind.program_of("list", "murmur3")
        cell.make.cache_clear()
        told = callgrind.origin_of(program)["cflags"]
        self.assertNotIn("native", told)
        self.assertRegex(callgrind.instruction_set(told), "^(x86-64|armv8)")

    @unittest.skipIf(steps.unavailable(), steps.unavailable())
    def test_instructions_are_those_that_the_processor_executes(self):
        for variant in ("list", "reference"):
            counted = self.count(variant, "get")
            outside = sum(costs["Ir"] for place, costs in counted.places.items()
                          if purposes.classify(place)[0] == "loop")
            command = [str(ROOT / callgrind.program_of(variant, HASH)),
                       *cell.arguments("get", "shuffled", self.SCALE)]
            followed = steps.follow(command, self.SCALE)
            with self.subTest(variant):
                self.assertEqual(counted.operations, self.SCALE)
                self.assertAlmostEqual((counted.events["Ir"] - outside) / self.SCALE,
                                       followed.instructions, places=6)

    def test_the_same_count_twice_agrees(self):
        for op in ("put", "get"):
            first, second = self.count("list", op), self.count("list", op)
            self.assertEqual(first.events["Ir"], second.events["Ir"], op)

    def test_they_grow_with_the_operations(self):
        """A lookup in list passes ten levels, however large the map."""
        few, many = self.count("list", "get", 30), self.count("list", "get", 60)
        each = (many.events["Ir"] - few.events["Ir"]) / 30
        self.assertAlmostEqual(each, few.per_operation("Ir"), delta=5)
        self.assertEqual((few.operations, many.operations), (30, 60))

    def test_a_counted_cell_has_every_figure(self):
        """Printed as it was counted: a get of 60 keys in one process, four times."""
        counted = self.count("list", "get")
        text = printed("count", f"HASH={HASH}", "OPS=get", f"SCALES={self.SCALE}")
        row, = (line.split() for line in text.splitlines() if line.startswith("get "))
        self.assertEqual(row[:5], ["get", "shuffled", "60", "list", digits(counted.per_operation("Ir"))])
        self.assertEqual(len(row), 4 + len(exact.HEADER))
        self.assertEqual(row.count("-"), 4 if steps.unavailable() else 0)

    def test_what_callgrind_cannot_run_is_told_in_one_line(self):
        with self.assertRaisesRegex(cell.CellFailed, "^callgrind: .*nonsense"):
            callgrind.count(callgrind.program_of("list", HASH), "get", "nonsense", 10)


@unittest.skipIf(steps.unavailable(), steps.unavailable())
class Chains(unittest.TestCase):
    """The longest chain of loads, counted by hand from the sources of each part.

    The map's root is one load.  A level is two: the node, for the pointer to its children (with the
    bitmap in the same place, at the same time), and the slot.  array64 has the slots in the node:
    one; two by clang, which chooses between the slot's address and none without a branch, so that
    the address waits for what is in the slot.  simd reads the chunks' lanes between the two: three.  A leaf that is a
    list is two, the list and the entry, single one.  In reference a level is one load, the row, and the record one.
    """

    def follow(self, variant, scale=40):
        program = ROOT / callgrind.program_of(variant, HASH)
        command = [str(program), *cell.arguments("get", "shuffled", scale)]
        line = cell.fill(cell.Filled(variant, HASH, "u64", "shuffled", scale))
        return steps.follow(command, scale), line["tree"]["depth_mean"]

    def test_they_are_those_of_the_layout(self):
        compiler = callgrind.origin_of(callgrind.program_of("array64", HASH))["compiler"]
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


@unittest.skipIf(steps.unavailable(), steps.unavailable())
class Stepping(unittest.TestCase):
    """Instructions put together by hand."""

    def run_code(self, code, registers):
        from capstone import CS_ARCH_X86, CS_MODE_64, Cs
        decoder = Cs(CS_ARCH_X86, CS_MODE_64)
        decoder.detail = True
        lookup = steps.Lookup(0x7fff0000, (0x400000, 0x500000))
        for instruction in decoder.disasm(bytes.fromhex(code), 0x400000):
            lookup.step(steps.Operation(instruction), lambda name: registers.get(name, 0))
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


class Storing(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.where = pathlib.Path(room.name)
        self.program, self.counted = self.where / "cell", []
        self.program.write_text("one")
        for module, target, double in ((callgrind, "program_of", lambda *_: self.program),
                                       (callgrind, "digest_of", lambda path: path.read_text()),
                                       (exact, "count_cell", self.count)):
            patch = mock.patch.object(module, target, double)
            patch.start()
            self.addCleanup(patch.stop)

    def count(self, program, filled, op):
        self.counted.append((filled.variant, op, filled.scale))
        row = filled._asdict() | {"composition": filled.variant, "op": op, "operations": 1,
                                  "program": program.read_text(), "instructions": len(self.counted)}
        place = callgrind.Place("/x/walk.h", 1, "walk_find", "cell")
        return row, callgrind.Counted(1, {}, {place: Counter(Ir=8, D1mr=2)})

    def store(self, variants, ops=("put", "get"), pattern="shuffled", anew=False, **more):
        with contextlib.redirect_stderr(io.StringIO()):
            exact.store_all(variants, ops, pattern, anew, where=self.where, **more)

    def rows(self, *columns, name="counts"):
        return list(stored.load(name, self.where)[list(columns)].itertuples(index=False, name=None))

    def test_what_is_stored_and_unchanged_is_not_counted_again(self):
        for variants, content, anew, counted in ((["list"], "one", False, 4), (["pool", "list"], "one", False, 8),
                                                 (["list"], "two", False, 12), (["list"], "two", True, 16)):
            self.program.write_text(content)
            self.store(variants, anew=anew)
            self.assertEqual(len(self.counted), counted)
        self.assertEqual(self.rows("composition", "op", "scale", "program"),
                         [(variant, op, scale, program) for variant, program in (("list", "two"), ("pool", "one"))
                          for op in ("put", "get") for scale in (10000, 100000)])

    def test_attribution_is_stored_at_its_scale_and_replaced(self):
        for _ in range(2):
            self.store(["list"], anew=True)
            self.assertEqual(self.rows("op", "scale", "category", "instructions", "l1_misses", name="attribution"),
                             [(op, 100000, "walking", 8, 2) for op in ("put", "get")])

    def test_other_columns_are_refused(self):
        (self.where / "counts.csv").write_text("a,b\n1,2\n")
        with self.assertRaisesRegex(Failure, "other columns"):
            self.store(["list"])

    def test_what_is_stored_is_among_all(self):
        self.store(["list+pool"])
        with mock.patch.object(exact, "named", lambda: ["list"]):
            self.store(None, anew=True)
        self.assertEqual(Counter(variant for variant, *_ in self.counted[4:]), {"list": 4, "list+pool": 4})

    def test_other_orders_of_keys_are_counted_anew_with_the_rest(self):
        self.store(["list"], ["get"], "sequential", scales=[100000])
        self.assertEqual(self.rows("pattern", "program"), [("sequential", "one")])
        self.assertFalse((self.where / "attribution.csv").exists())
        self.program.write_text("two")
        with mock.patch.object(exact, "named", lambda: []):
            self.store(None)
        self.assertEqual(self.rows("pattern", "program"), [("sequential", "two")])

    def test_all_that_have_a_name_are_counted(self):
        named = exact.named()
        self.assertLessEqual({"list", "array64", "pathcomp", "phase2.5", "fix4", "reference"}, set(named))
        self.assertEqual(len(named), len(set(named)))

    def test_what_is_written_is_what_was_read(self):
        for name in stored.COLUMNS:
            stored.save(stored.load(name), name, self.where)
            self.assertEqual((self.where / f"{name}.csv").read_bytes(), (stored.HERE / f"{name}.csv").read_bytes())

    def test_it_can_be_narrowed_and_nothing_is_counted_for_it(self):
        with mock.patch.object(exact, "count_cell", side_effect=AssertionError):
            text = printed("counts", "VARIANT=outline+pathcomp", "OPS=get", "SCALES=10K", "PATTERNS=shuffled")
        lines = [line.split() for line in text.splitlines() if line.startswith("get ")]
        self.assertEqual({tuple(line[:3]) for line in lines}, {("get", "shuffled", "10K")})
        self.assertIn("outline+pathcomp", [line[3] for line in lines])
        with self.assertRaisesRegex(AssertionError,
                                    "nothing is stored of single.tagged: make VARIANT=single.tagged count"):
            printed("counts", "VARIANT=single+tagged")

    def test_make_counts_anew_only_where_its_target_says_so(self):
        def planned(target, **environment):
            done = subprocess.run(["make", "-n", "-s", target], cwd=ROOT, text=True, capture_output=True, check=True,
                                  env=os.environ | environment)
            return [line for line in done.stdout.splitlines() if "-m lab" in line]
        for target in ("counts", "attribution"):
            for variant in ("", "lazy"):
                line, = planned(target, VARIANT=variant)
                self.assertIn(f"-m lab {target}", line)
                self.assertEqual("VARIANT=lazy" in line, variant == "lazy")
        for target in ("count", "attribute"):
            line, = planned(target)
            self.assertIn(f"-m lab {target} 'VARIANT=list'", line)


class Commands(unittest.TestCase, Refusals):
    def test_what_is_stored_can_be_shown(self):
        text, rows = printed("counts"), exact.load()
        for row in rows.itertuples():
            self.assertGreater(row.instructions, 1)
            self.assertIn(f"  {row.composition} ", text)
        for column in exact.HEADER:
            self.assertRegex(text, rf"(?m)^{column}  +\w")  # says what each is

    def test_of_what_is_stored_a_part_can_be_shown(self):
        text = printed("counts", "VARIANT=fix4", "OPS=get", "SCALES=100K", "PATTERNS=shuffled")
        self.assertEqual([line.split()[3] for line in text.splitlines() if line.startswith("get ")],
                         ["outline", "outline+lazy", "phase3", "fix4", "reference"])
        with mock.patch.object(exact, "load", lambda: stored.typed([], "counts")):
            self.assert_refused("counts", "make recount", 1)
            self.assert_refused("counts VARIANT=pool", "make VARIANT=pool count", 1)

    def test_a_composition_is_counted_beside_the_usual_ones(self):
        def count_cell(program, filled, op):
            row = filled._asdict() | {"composition": filled.variant, "op": op, "operations": 1, "instructions": 123}
            return row, None
        with mock.patch.object(callgrind, "program_of"), mock.patch.object(exact, "count_cell", count_cell):
            text = printed("count", "VARIANT=pool", "OPS=get", "SCALES=100K")
        self.assertEqual([line.split()[3] for line in text.splitlines() if line.startswith("get ")],
                         ["outline", "pool", "phase3", "reference", "outline+lazy"])
        self.assertRegex(text, r"get +shuffled +100K +pool +123 +- ")

    def test_wrong_settings_are_told_in_one_line(self):
        for words, told in (("count VARIANT=nonsense", "no such variant"),
                            ("count OPS=put,iterate", "OPS=iterate: is no operation that can be counted"),
                            ("count SCALES=0", "number of entries"), ("count PATTERNS=odd", "a pattern"),
                            ("recount HASH=murmur3", "no such setting"), ("recount SEED=2", "no such setting")):
            with self.subTest(words):
                self.assert_refused(words, told)

    def test_a_machine_without_valgrind_is_told_what_to_do(self):
        with mock.patch.object(callgrind.shutil, "which", return_value=None), \
                self.assertRaisesRegex(cell.CellFailed, "make build/packages-counts"):
            callgrind.version()

    def test_every_hash_is_counted_on_every_kind_of_key(self):
        found = hash_counts.load()
        self.assertEqual(list(found), list(hash_counts.KEYS))
        for by_hash in found.values():
            self.assertEqual(list(by_hash), hash_counts.HASHES)
        self.assertEqual(found["u64"]["identity"], 0)
        self.assertLess(found["u64"]["wyhash"], found["u64"]["siphash"])


if __name__ == "__main__":
    unittest.main()
