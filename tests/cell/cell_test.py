#!/usr/bin/env python3
"""The measuring program: what it prints, what it refuses, and that it cannot be fooled by a map that
gives wrong answers."""
import pathlib
import resource
import shutil
import subprocess
import tempfile
import unittest

from cells import ROOT, build, describe, lines, run


class Output(unittest.TestCase):
    def test_every_sample_is_a_line_that_says_all(self):
        first, second = lines(run(build("phase2.5"), "put", "random", 1000, "--samples", "2"))
        self.assertEqual((first["sample"], second["sample"]), (0, 1))
        wanted = {"variant": "phase2.5", "composition": "outline+pool+four+arena", "hash": "xxh3",
                  "key": "u64", "op": "put", "pattern": "random", "scale": 1000, "seed": 3, "ops": 1000,
                  "pool_slots": 4194304}
        self.assertEqual({name: first[name] for name in wanted}, wanted)
        for line in (first, second):
            self.assertGreaterEqual(line["ns_per_op"] * line["ops"] * line["repeats"], 1e6 * 0.999)
            self.assertGreater(line["bytes_per_entry"], 16)
            self.assertGreater(line["peak_rss_bytes"], 1000 * line["bytes_per_entry"] / 100)
        self.assertEqual(first["tree"]["entries"], 1000)
        self.assertNotIn("tree", second)
        self.assertEqual(sum(first["tree"]["children"]), first["tree"]["inner_nodes"])

    def test_keys_may_have_a_seed_of_their_own(self):
        """So may a hash; the line tells the seed that was asked for."""
        cell = build("fix4", hash_name="siphash")

        def line(*more):
            told, = lines(run(cell, "get", "random", 1000, *more))
            return told["seed"], told["hash_seed"], told["checksum"], told["tree"]["inner_nodes"]
        first, other = line("--hash-seed", "0"), line("--hash-seed", "0", "--keys-seed", "4")
        self.assertEqual(line("--hash-seed", "0", "--keys-seed", "3"), first)
        self.assertEqual(other[:2], first[:2])
        self.assertNotEqual(other[2:], first[2:])
        self.assertEqual(line("--seed", "4", "--hash-seed", "0"), (4, *other[1:]))

    def test_all_layouts_agree_on_every_operation(self):
        for key in ("u64", "str"):
            cells = [build(v, key) for v in ("list", "fix4", "reference")]
            known = describe(cells[0])
            for op in known["operations"]:
                for pattern in sorted(set(known["patterns"]) - {"file"}):
                    with self.subTest(f"{key} {op} {pattern}"):
                        sums = {lines(run(c, op, pattern, 300))[0]["checksum"] for c in cells}
                        self.assertEqual(len(sums), 1)

    def test_the_seed_makes_the_trace(self):
        cell = build("fix4")
        sums = {lines(run(cell, "get", "random", 100, "--seed", str(s)))[0]["checksum"]
                for s in (1, 2, 3, 2)}
        self.assertEqual(len(sums), 3)

    def test_a_keyed_hash_is_seeded_at_random(self):
        cell = build("fix4", "str", "siphash")
        seeds = {lines(run(cell))[0]["hash_seed"] for _ in range(4)}
        self.assertEqual(len(seeds), 4)
        self.assertEqual(lines(run(build("fix4")))[0]["hash_seed"], 0)


def tell(cell, op, told, scale=1000):
    return subprocess.run([cell, "--op", op, "--pattern", "shuffled", "--scale", str(scale), "--seed", "3", "--steps"],
                          input="".join(f"{word}\n" for word in told), text=True, capture_output=True)


class Steps(unittest.TestCase):
    """What the program does as it is told."""

    def test_an_untimed_pass_is_not_printed(self):
        cell = build("fix4")
        for op in describe(cell)["operations"]:
            with self.subTest(op):
                ready, *samples = lines(tell(cell, op, ["warm", "go", "go", "warm", "warm", "go", "end"]))
                self.assertEqual(ready, {"ready": True})
                self.assertEqual([line["sample"] for line in samples], [0, 1, 2])
                self.assertEqual(len({line["checksum"] for line in samples}), 1)

    def test_the_program_says_that_it_knows_it(self):
        self.assertIs(describe(build("fix4"))["warm"], True)

    def test_what_it_does_not_know_is_refused(self):
        result = tell(build("fix4"), "get", ["go", "jump"])
        self.assertEqual((result.returncode, result.stderr), (2, "cell: jump: wanted go, warm or end\n"))


class Churn(unittest.TestCase):
    """Nodes and arrays that die serve again, in those variants that keep them for it."""

    @staticmethod
    def tree(variant, op):
        return lines(run(build(variant), op, "shuffled", 20000))[0]["tree"]

    def nodes(self, variant):
        """Bytes of nodes when all keys have been replaced, over those of the map as it was filled."""
        return (self.tree(variant, "churn")["bytes"]["nodes"]
                / self.tree(variant, "put")["bytes"]["nodes"])

    def test_every_key_is_replaced(self):
        for pattern in ("sequential", "shuffled", "random"):
            line, = lines(run(build("list"), "churn", pattern, 300))
            self.assertEqual((line["ops"], line["tree"]["entries"]), (300, 300))
            self.assertNotEqual(line["checksum"],
                                lines(run(build("list"), "put", pattern, 300))[0]["checksum"])

    def test_dead_nodes_are_left_or_used_again(self):
        self.assertGreater(self.nodes("arena"), 1.9)
        self.assertGreater(self.nodes("phase2.6"), 1.9)
        self.assertEqual(self.nodes("freelist"), 1)
        self.assertEqual(self.nodes("phase3"), 1)

    def test_dead_arrays_are_left_or_used_again(self):
        grow, bump = (self.tree(variant, "churn")["pool"] for variant in ("growpool+exact", "phase3"))
        self.assertGreater(grow["slots_used"], 1.9 * grow["slots_capacity"])
        self.assertGreater(bump["slots_used"], 1.9 * bump["slots_live"])


class Slotwise(unittest.TestCase):
    def test_no_compiler_makes_a_memcpy_of_its_loop(self):
        def calls(variant):
            undefined = subprocess.run(["nm", "-u", build(variant).parent / "hamt.o"], text=True,
                                       capture_output=True, check=True).stdout
            return {word.lstrip("_") for word in undefined.split()}
        self.assertIn("memcpy", calls("four"))
        self.assertNotIn("memcpy", calls("slotwise"))


class Refusal(unittest.TestCase):
    def test_arguments_that_make_no_sense(self):
        cell = build("list")
        for arguments, told in {("--op", "fly"): "--op fly: wanted one of: put",
                                ("--pattern", "zigzag"): "--pattern zigzag: wanted one of:",
                                ("--scale", "0"): "--scale 0: wanted a number",
                                ("--scale", "12x"): "--scale 12x: wanted a number",
                                ("--samples", "-1"): "--samples -1: wanted a number"}.items():
            with self.subTest(arguments):
                result = run(cell, "get", "shuffled", 100, *arguments)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stdout, "")
                self.assertIn(told, result.stderr)
                self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_out_of_memory_is_told(self):
        def tight():
            resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
        result = run(build("list"), "put", "shuffled", 1000000, preexec_fn=tight)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("out of memory", result.stderr)


class Lies(unittest.TestCase):
    """Maps that lie, as directories outside the tree: the core, changed in one place."""

    LIES = {  # what is changed, and the operations that find it
        ("*value = entry->value;", "*value = entry->value + (map->size == 777);"):
            ("get", "get_many", "get_batched", "get_each"),
        ("    if (!entry)\n        return false;\n    *value",
         "    if (!entry)\n        return map->size == 777;\n    *value"): ("miss",),
        ("    if (!entry)\n        return false;\n    if (SHARE_TRAIT",
         "    if (!entry || map->size == 777)\n        return false;\n    if (SHARE_TRAIT"): ("remove",),
        ("    uint64_t hash = hash_of(map, key);\n    struct walk walk;",
         "    if (map->size == 777)\n        return true;\n"
         "    uint64_t hash = hash_of(map, key);\n    struct walk walk;"): ("churn",),
        ("        map->size++;", "        map->size += map->size == 776 ? 2 : 1;"):
            ("put", "put_many", "put_batched", "put_each"),
        ("    enum hamt_put_result result = descend_put(",
         "    if (map->size == 777)\n        return HAMT_REPLACED;\n"
         "    enum hamt_put_result result = descend_put("): ("update", "mix"),
    }

    def lie(self, before, after):
        directory = pathlib.Path(tempfile.mkdtemp(prefix="lie"))
        built = ROOT / "build/cell" / str(directory).replace("/", "@")
        for path in (directory, built):
            self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        core = (ROOT / "common/trie/hamt.c").read_text()
        self.assertIn(before, core)
        (directory / "hamt.c").write_text(core.replace(before, after))
        for source in [*(ROOT / "common/trie").glob("*.h"), *(ROOT / "variants/list").glob("*.h")]:
            (directory / source.name).write_text(source.read_text())
        return directory

    def test_an_honest_copy_passes(self):
        cell = build(self.lie("*value = entry->value;", "*value = entry->value;"))
        for op in describe(cell)["operations"]:
            self.assertEqual(run(cell, op, "shuffled", 777).returncode, 0, op)

    def test_each_lie_is_found(self):
        for change, ops in self.LIES.items():
            cell = build(self.lie(*change))
            for op in ops:
                with self.subTest(op):
                    result = run(cell, op, "shuffled", 777)
                    self.assertEqual(result.returncode, 1, result.stdout[:300])
                    self.assertIn("wrong answer", result.stderr)
                    self.assertEqual(result.stdout, "")

    def test_a_map_that_goes_wrong_without_a_wrong_answer_is_found_at_the_end(self):
        """Looking for what is not there breaks what is, or forgets how much there is."""
        for harm in ("((struct hamt *)map)->size = 776", "((struct hamt *)map)->hash_seed++"):
            lie = self.lie("    if (!entry)\n        return false;\n    *value",
                           f"    if (!entry) {{\n        if (map->size == 777)\n            {harm};\n"
                           "        return false;\n    }\n    *value")
            for told in (["go", "end"], ["warm", "go", "go"], ["warm"], []):
                with self.subTest(harm, told=told):
                    result = tell(build(lie), "miss", told, 777)
                    self.assertEqual(result.returncode, 1, result.stdout[:300])
                    self.assertIn("wrong answer", result.stderr)

    def test_an_update_that_is_lost_is_found_by_its_sample(self):
        """The next one would cover it up."""
        lie = self.lie("    enum hamt_put_result result = descend_put(",
                       "    static size_t puts;\n    if (++puts == 5 * 50000 / 2)\n        return HAMT_REPLACED;\n"
                       "    enum hamt_put_result result = descend_put(")
        result = tell(build(lie), "update", ["go", "go", "end"], 50000)  # in the third pass, the first on the record
        self.assertEqual((result.returncode, result.stdout), (1, '{"ready":true}\n'))

    def test_an_iteration_that_leaves_out_an_entry_is_found(self):
        directory = self.lie("*value = entry->value;", "*value = entry->value;")
        iterate = directory / "each.h"
        iterate.write_text((ROOT / "common/map/each.h").read_text())
        honest = "while (hamt_cursor_next(&cursor, &key, &value) == HAMT_ENTRY)"
        self.assertIn(honest, iterate.read_text())
        iterate.write_text(iterate.read_text().replace(
            honest, "hamt_cursor_next(&cursor, &key, &value);\n    " + honest))
        result = run(build(directory), "iterate", "shuffled", 777)
        self.assertEqual(result.returncode, 1, result.stdout[:300])


if __name__ == "__main__":
    unittest.main()
