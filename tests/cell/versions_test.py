#!/usr/bin/env python3
"""The program that measures versions: what it prints, what it refuses, and that a map that gives wrong answers is
found out."""
import pathlib
import re
import resource
import subprocess
import tempfile
import unittest

import cells
from cells import ROOT, describe, lines

OPS = ["snapshot", "drop", "put", "version", "diff", "merge", "equal"]
SHARING, COPYING = "refcount+lazy", "lazy"


def build(variant, key="u64"):
    return cells.build(variant, key, cell="versions")


def run(cell, op, *more, scale=1000, **options):
    return cells.run(cell, op, "shuffled", scale, *more, **options)


class Output(unittest.TestCase):
    def test_all_layouts_and_keys_have_every_operation(self):
        for variant, key in ((SHARING, "u64"), (SHARING, "str"), (COPYING, "u64"), ("champion", "u64")):
            cell = build(variant, key)
            for op in OPS:
                with self.subTest(f"{variant} {key} {op}"):
                    line, = lines(run(cell, op, "--versions", "8", "--every", "5", "--differ", "70"))
                    self.assertEqual((line["op"], line["scale"], line["sample"]), (op, 1000, 0))
                    self.assertGreater(line["ns_per_op"], 0)
                    self.assertEqual(line["ops"], {"snapshot": 8, "drop": 8, "put": 40, "version": 40}.get(op, 1))

    def test_samples_come_one_for_each_go(self):
        cell = build(SHARING)
        for op in OPS:
            with self.subTest(op):
                ready, *samples = lines(run(cell, op, "--steps", input="go\ngo\ngo\nend\n"))
                self.assertEqual((ready, [line["sample"] for line in samples]), ({"ready": True}, [0, 1, 2]))

    def test_a_version_takes_its_way_where_nodes_are_shared_and_all_where_they_are_not(self):
        def bytes_of(variant, scale, *more):
            values = lines(run(build(variant), "version", "--versions", "100", *more, scale=scale))[0]["values"]
            self.assertGreater(values["rss_per_version"], values["allocated_per_version"] / 2)
            return values["allocated_per_version"]
        small, large = (bytes_of(SHARING, scale) for scale in (1000, 50000))
        self.assertLess(large, 3 * small)
        self.assertGreater(bytes_of(COPYING, 2000), 2000 * 16)
        self.assertGreater(bytes_of("champion", 2000), 2000 * 16)  # nearly all of it mapped, not malloc's
        # Puts after the first find most of the upper nodes copied.
        self.assertLess(bytes_of(SHARING, 50000, "--every", "20"), 20 * large)

    def test_versions_that_have_nothing_mapped_are_not_walked(self):
        """Processor time of a process: walking a thousand versions takes some thirty times what making them does."""
        cell = build(SHARING)

        def seconds(versions):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            lines(run(cell, "version", "--versions", str(versions), scale=20000))
            return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        self.assertLess(seconds(2000), seconds(1) + 0.5)

    def test_it_describes_itself(self):
        said = describe(build(SHARING))
        self.assertEqual((said["program"], said["operations"], said["identity"]["composition"]),
                         ("versions", OPS, "refcount+lazy"))
        self.assertEqual(said["parameters"]["every"], {"low": 1, "high": 1000000, "default": 1})


class Plan(unittest.TestCase):
    def test_the_runner_takes_what_it_asks_for(self):
        """Small, and few of its layouts; all of its lines that ask this cell."""
        text = "".join((ROOT / f"experiments/{name}.plan").read_text() for name in ("versions", "versions-bucket"))
        for setting, small in (("VARIANTS", f"{SHARING},{COPYING}"), ("SCALES", "1K"), ("REPS", "1"), ("SAMPLES", "1"),
                               ("versions", "3"), ("every", "2")):
            text = re.sub(rf"\b{setting}=\S+", f"{setting}={small}", text)
        text = re.sub(r"differ=\S+", "differ=100", text)
        wanted = [line for line in text.splitlines() if line.startswith("CELL=versions")]
        with tempfile.TemporaryDirectory() as room:
            plan = pathlib.Path(room) / "small.plan"
            plan.write_text("\n".join(dict.fromkeys(wanted)) + "\n")
            done = subprocess.run([ROOT / "build/run/run", "--store", f"{room}/store", "--plan", plan], cwd=ROOT,
                                  text=True, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stderr, r"(\d+) runs, \1 ok")


class Unshared(unittest.TestCase):
    def test_what_asks_for_permission_is_compiled_away(self):
        """A layout that shares nothing pays nothing for those that do."""
        def copies(variant, function):
            build(variant)
            names = subprocess.run(["nm", ROOT / f"build/cell/{variant}/u64/xxh3/hamt.o"], text=True,
                                   capture_output=True, check=True).stdout
            return function in names
        for sharing, copying, function in ((SHARING, COPYING, "build_own_copy"), ("dated", "bucket", "own_all"),
                                           ("holders", "directory+holders", "own_all")):
            self.assertEqual((copies(sharing, function), copies(copying, function)), (True, False), sharing)


class Refusal(unittest.TestCase):
    def test_what_makes_no_sense(self):
        cell = build(SHARING)
        for more, told in ((("--pattern", "file"), "--pattern file: wanted one of: sequential, shuffled, random"),
                           (("--differ", "1001"), "--differ 1001: wanted no more than --scale")):
            with self.subTest(more):
                done = run(cell, "diff", *more)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(f"versions: {told}", done.stderr)

    def test_no_memory_is_told(self):
        done = subprocess.run(["sh", "-c", f"ulimit -v 100000; exec '{build(COPYING)}' --op version --pattern shuffled"
                               " --scale 100000 --seed 1 --versions 50"], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("out of memory", done.stderr)


class Faults(unittest.TestCase):
    """A layout outside the tree whose versions are wrong."""

    def wrong(self, old, new):
        """A cell whose snapshots are made by a share.h with this change."""
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        directory = pathlib.Path(temporary.name) / "wrong"
        directory.mkdir()
        text = (ROOT / "variants/refcount/share.h").read_text()
        self.assertIn(old, text)
        (directory / "share.h").write_text(text.replace(old, new))
        return build(f"{directory}+lazy")

    def test_versions_that_change_with_the_map_are_found(self):
        cell = self.wrong("*share_word(node) == 1", "*share_word(node) > 0")
        for op in ("version", "drop", "diff"):
            with self.subTest(op):
                done = run(cell, op)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
                self.assertIn("wrong answer", done.stderr)


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
