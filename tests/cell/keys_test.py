#!/usr/bin/env python3
"""Keys of one's own: a file with a key on each line, from the setting to the stored row."""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from cells import ROOT, build, make

WORDS = ROOT / "tests/cell/words.txt"
COUNT = len(WORDS.read_text(encoding="utf-8").splitlines())


def cell(variant, key, op, path, scale):
    return subprocess.run([build(variant, key), "--op", op, "--pattern", "file", "--keys", path, "--scale",
                           str(scale)], text=True, capture_output=True)


class Files(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="keys"))
        self.addCleanup(shutil.rmtree, self.directory)

    def file(self, text, name="mine.txt"):
        path = self.directory / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


class Cells(Files):
    def checksums(self, key, op, path, scale):
        found = set()
        for variant in ("list", "fix4", "reference"):
            done = cell(variant, key, op, path, scale)
            self.assertEqual(done.returncode, 0, done.stderr)
            found.add(json.loads(done.stdout)["checksum"])
        return found

    def test_every_operation_takes_words(self):
        for op, scale in (("put", COUNT), ("get", COUNT), ("miss", COUNT // 2), ("churn", 10),
                          ("insert10", 20), ("remove", COUNT), ("iterate", COUNT)):
            with self.subTest(op):
                self.assertEqual(len(self.checksums("str", op, WORDS, scale)), 1)

    def test_numbers_are_keys_as_they_come(self):
        """As many inner nodes as the same numbers make in sequence, without an end of the last line."""
        path = self.file("\n".join(str(n) for n in reversed(range(3000))))
        tree = json.loads(cell("lazy", "u64", "put", path, 3000).stdout)["tree"]
        program = make("VARIANT=lazy", "KEY=u64", "cell").strip()
        plain = subprocess.run([ROOT / program, "--op", "put", "--pattern", "sequential", "--scale",
                                "3000"], text=True, capture_output=True, check=True)
        self.assertEqual(tree["children"], json.loads(plain.stdout)["tree"]["children"])
        self.assertEqual(cell("lazy", "u64", "get", self.file("18446744073709551615\n0\n"),
                              2).returncode, 0)

    def test_what_is_no_key_is_told(self):
        for key, text, told in (
                ("str", "", ": there is no key in it"), ("str", "a\n\nb\n", ", line 2: is empty"),
                ("str", "a\nb\na\n", ", line 3: the same as line 1"),
                ("u64", "1\n18446744073709551616\n", ", line 2: not a number"),
                ("u64", "1\n-2\n", ", line 2: not a number"), ("u64", "7\n07\n", ", line 2: not a "),
                ("str", "a\nb\n", ": put needs 3 keys, it has 2")):
            with self.subTest(text):
                done = cell("list", key, "put", self.file(text), 3)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(f"mine.txt{told}", done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)


class Runs(Files):
    @classmethod
    def setUpClass(cls):
        make("build/run/run")

    def run_it(self, *options, variants="list,fix4"):
        return subprocess.run([ROOT / "build/run/run", "--variants", variants, "--store",
                               self.directory / "store", "--reps", "2", "--samples", "1", *options],
                              cwd=ROOT, text=True, capture_output=True)

    def rows(self, what):
        with contextlib.closing(sqlite3.connect(self.directory / "store")) as store:
            return store.execute(f"SELECT DISTINCT {what} ORDER BY 1").fetchall()

    def test_a_row_names_the_file_and_what_was_in_it(self):
        words = self.directory / "some" / "words.txt"
        words.parent.mkdir()
        shutil.copy(WORDS, words)
        done = self.run_it("--key", "str", "--keys", words, "--ops", "get,miss")
        self.assertEqual(done.returncode, 0, done.stderr)
        (pattern, scale), = self.rows("pattern, scale FROM process")
        self.assertRegex(pattern, r"^words\.txt@[0-9a-f]{16}$")
        self.assertEqual(scale, COUNT // 2)  # as a miss needs others
        stored = (self.directory / "store").read_bytes()
        self.assertNotIn(str(self.directory).encode(), stored)
        words.write_text(words.read_text(encoding="utf-8") + "one more\n", encoding="utf-8")
        self.run_it("--key", "str", "--keys", words, "--ops", "put")
        self.assertEqual(len(self.rows("pattern FROM process")), 2)
        self.assertEqual(self.rows("scale FROM process WHERE op = 'put'"), [(COUNT + 1,)])
        table = subprocess.run([sys.executable, "-B", "-m", "lab", "table",
                                f"STORE={self.directory / 'store'}"], cwd=ROOT / "notebooks", text=True,
                               capture_output=True, check=True).stdout
        self.assertRegex(table, rf"put, words\.txt@[0-9a-f]+ keys\n(.*\n)*{COUNT + 1} +list ")

    def test_a_file_beside_the_patterns(self):
        done = self.run_it("--keys", self.file("5\n3\n4\n"), "--patterns", "random,file", "--scales",
                           "2", "--ops", "get")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([pattern.split("@")[0] for pattern, in self.rows("pattern FROM process")],
                         ["mine.txt", "random"])

    def test_a_file_that_changes_meanwhile_is_found_out(self):
        """The program reads the file after the runner has; here it is handed another one."""
        path = self.file("1\n2\n3\n")
        program = make("VARIANT=list", "KEY=u64", "cell").strip()
        builder = self.file(f"#!/bin/sh\nprintf '4\\n5\\n6\\n' >{path}\necho {program}\n", "make")
        builder.chmod(0o755)
        done = self.run_it("--keys", path, "--make", builder, variants="list")
        self.assertEqual(done.returncode, 1)
        self.assertIn("pattern is mine.txt@", done.stderr)
        self.assertEqual(self.rows("count(*) FROM process WHERE status = 'ok'"), [(0,)])

    def test_settings_that_make_no_sense(self):
        good = self.file("1\n2\n3\n")
        for options, told in (
                (("--keys", good, "--scales", "2,4"), f"SCALES=4: put needs 4 keys, and KEYS={good}"),
                (("--keys", good, "--patterns", "random"), f"KEYS={good}: PATTERNS has no file"),
                (("--patterns", "file"), "PATTERNS=file: KEYS=FILE says which"),
                (("--keys", self.directory), f"KEYS={self.directory}: not a file of lines"),
                (("--keys", "/nosuch"), "KEYS=/nosuch: No such file"),
                (("--keys", WORDS), f"KEYS={WORDS}, line 1: not a number"),
                (("--keys", self.file("1\n1\n", "twice")), "line 2: the same as line 1"),
                (("--keys", self.file("1\n", "one"), "--ops", "miss"), "one key is not enough"),
                (("--keys", self.file("1\n", "a b")), "its name is stored")):
            with self.subTest(options):
                done = self.run_it(*options)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertIn(told, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
