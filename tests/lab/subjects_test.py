#!/usr/bin/env python3
"""The compositions in disguise, and the layouts, with which the instrument is tested."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.counts import callgrind  # noqa: E402
from lab.instrument import subjects  # noqa: E402

RELINK = ROOT / "experiments/instrument/relink.py"


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

    def code(self, program):
        text = subprocess.run(["objdump", "-d", program.parent / "hamt.o"], text=True,
                              capture_output=True, check=True).stdout
        return text.split("\n", 3)[3]  # without the file's name

    def test_a_twin_is_the_same_code(self):
        for name in ("fix4", "reference"):
            twin = subjects.twin(name, self.root / f"{name}.a")
            self.assertEqual(self.code(self.build(twin)), self.code(self.build(name)))

    def test_a_twin_is_left_alone_when_it_is_made_again_and_mended_when_it_is_not_whole(self):
        twin = subjects.twin("fix4", self.root / "again")
        before = {path: path.stat().st_mtime_ns for path in twin.iterdir()}
        (twin / "stale.h").write_text("")
        (twin / "leaf.h").write_text("broken")
        subjects.twin("fix4", self.root / "again")
        after = {path: path.stat().st_mtime_ns for path in twin.iterdir()}
        self.assertEqual({p for p in after if after[p] != before[p]}, {twin / "leaf.h"})
        self.assertEqual(after.keys(), before.keys())

    def test_settings_that_a_copy_would_lose_are_refused(self):
        with self.assertRaises(subjects.compose.Nonsense):
            subjects.twin("phase3", self.root / "phase3")

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


if __name__ == "__main__":
    unittest.main()
