#!/usr/bin/env python3
"""The layouts of one program, with which the instrument is tested."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELINK = ROOT / "experiments/instrument/relink.py"
HASH = "fnv1a"  # other tests do not build with it


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
        return subprocess.run([RELINK, "-s", f"VARIANT={variant}", f"HASH={HASH}",
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
