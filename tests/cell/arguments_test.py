#!/usr/bin/env python3
"""All cells read their command lines alike: what makes no sense is told in the same words, in the cell's name."""
import json
import subprocess
import unittest

from cells import build, describe

CELLS = {"cell": ("map", "get", "shuffled", 100), "versions": ("versions", "put", "shuffled", 100),
         "limits": ("limits", "read", "small", 16384), "random-mixed": ("random-mixed", "mixed", "lcg", 1000),
         "steps": ("steps", "steps", "good", 8192)}  # name: (its CELL, and what it can do)
OPEN = {"hash_seed"}  # by hand it may be told more than by the runner: what it took by chance


class Arguments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.programs = {name: build("list", cell=cell) for name, (cell, *_) in CELLS.items()}

    def told(self, name, *words):
        """The first line of a refusal, without the name."""
        done = subprocess.run([self.programs[name], *map(str, words)], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        first, *rest = done.stderr.splitlines()
        self.assertTrue(first.startswith(f"{name}: "), first)
        self.assertTrue(not rest or rest[0].startswith(f"usage: {name}"), rest)
        return first.removeprefix(f"{name}: ")

    def test_what_every_cell_is_told(self):
        for name, (_, op, pattern, scale) in CELLS.items():
            place = ["--op", op, "--pattern", pattern, "--scale", scale, "--seed", 1]
            for words, wanted in (
                    (("--op", "fly"), r"--op fly: wanted one of: (\w+, )*\w+"),
                    (("--pattern", "zigzag"), r"--pattern zigzag: wanted one of: (\w+, )*\w+"),
                    (("--scale", "0"), r"--scale 0: wanted a number from \d+ to \d+"),
                    (("--scale", "12x"), r"--scale 12x: wanted a number from .*"),
                    (("--scale", "9" * 30), r"--scale 9*: wanted a number from .*"),
                    (("--seed", "-1"), r"--seed -1: wanted a number from 0 to 9223372036854775807"),
                    (("--seed", "0x10"), r"--seed 0x10: wanted a number from .*"),
                    (("--seed", ""), r"--seed : wanted a number from .*"),
                    (("--seed",), r"--seed: a value must follow"),
                    (("--fast",), r"--fast: there is no such option"),
                    (("left", "over"), r"left: is not an option")):
                with self.subTest(f"{name} {words}"):
                    self.assertRegex(self.told(name, *place, *words), f"^{wanted}$")
            for missing in range(3):
                with self.subTest(f"{name} without {place[2 * missing]}"):
                    self.assertEqual(self.told(name, *place[:2 * missing], *place[2 * missing + 2:]),
                                     f"{place[2 * missing]}: must be given")

    def test_a_parameter_is_an_option_with_the_range_that_is_described(self):
        for name, program in self.programs.items():
            _, op, pattern, scale = CELLS[name]
            known = describe(program)
            for parameter, range_ in known["parameters"].items():
                option = f"--{parameter.replace('_', '-')}"
                for number in {range_["low"] - 1, range_["high"] + 1 if parameter not in OPEN else -1}:
                    with self.subTest(f"{name} {option} {number}"):
                        said = self.told(name, "--op", op, "--pattern", pattern, "--scale", scale, option, number)
                        self.assertTrue(said.startswith(f"{option} {number}: wanted a number from {range_['low']} to "),
                                        said)
                self.assertTrue(range_["low"] <= range_.get("default", range_["low"]) <= range_["high"], parameter)

    def test_what_is_asked_for_is_what_is_done(self):
        for name, program in self.programs.items():
            _, op, pattern, scale = CELLS[name]
            with self.subTest(name):
                done = subprocess.run([program, "--scale", str(scale), "--seed", "7", "--pattern", pattern, "--op", op],
                                      text=True, capture_output=True, check=True)
                line = json.loads(done.stdout)
                self.assertEqual((line["op"], line["pattern"], line["scale"], line["seed"]), (op, pattern, scale, 7))


if __name__ == "__main__":
    unittest.main()
