#!/usr/bin/env python3
"""Other allocators under the measuring program: which one serves it is told truly, in the child
that measures as well; what it makes resident is counted rightly; and the runner stores nothing
else."""
import functools
import json
import os
import pathlib
import platform
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PRELOAD = "LD_PRELOAD" if sys.platform == "linux" else "DYLD_INSERT_LIBRARIES"
LARGE_PAGES = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
PARTS = {"nothing.so": "int nothing;",  # no malloc in it
         "half.so": "#include <stddef.h>\nvoid *__libc_malloc(size_t);\n"
                    "void *malloc(size_t bytes) { return __libc_malloc(bytes); }"}


def make(*arguments):
    return subprocess.run(["make", "-s", "--no-print-directory", *arguments], cwd=ROOT, text=True,
                          capture_output=True)


def last_line(done):
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@functools.lru_cache(maxsize=None)
def build(variant):
    return ROOT / last_line(make(f"VARIANT={variant}", "cell"))


def names():
    table = (ROOT / "experiments/allocators.conf").read_text().splitlines()
    lines = [line.split() for line in table if line.strip() and line[0] != "#"]
    return [name for name, base, *_ in lines if base[0] != "="]  # others with settings are the same


class Preload(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.room.cleanup)
        cls.root = pathlib.Path(cls.room.name)
        for name, text in {**PARTS, "bump.so": (HERE / "bump_malloc.c").read_text()}.items():
            source = cls.root / (name + ".c")
            source.write_text(text)
            subprocess.run(["cc", "-std=c17", "-D_GNU_SOURCE", "-O1", "-fno-builtin", "-shared",
                            "-fPIC", "-Wall", "-Wextra", "-Werror", source, "-o", cls.root / name],
                           check=True)

    def run_cell(self, variant, library, op="put", scale=1000, **environment):
        """The line of one sample."""
        done = subprocess.run(
            [build(variant), "--op", op, "--pattern", "shuffled", "--scale", str(scale)], text=True,
            capture_output=True, env={PRELOAD: str(library), **environment})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


class Served(Preload):
    def test_the_library_that_serves_is_told(self):
        for op in ("put", "remove", "get"):
            self.assertEqual(self.run_cell("lazy", "", op)["allocator"].split(".")[0], "libc")
            self.assertEqual(self.run_cell("lazy", self.root / "nothing.so", op)["allocator"],
                             self.run_cell("lazy", "", op)["allocator"])
            self.assertEqual(self.run_cell("lazy", self.root / "bump.so", op)["allocator"],
                             "bump.so")

    def test_half_an_allocator_is_told(self):
        self.assertRegex(self.run_cell("lazy", self.root / "half.so")["allocator"],
                         r"^half\.so, but free is that of libc")

    def test_it_serves_the_child_that_measures(self):
        counts = self.root / "counts"
        for op in ("put", "remove", "insert10", "get"):
            counts.write_bytes(bytes(16))
            line = self.run_cell("lazy", self.root / "bump.so", op, COUNTS=str(counts))
            parent, child = struct.unpack("QQ", counts.read_bytes())
            with self.subTest(op):
                map_of = parent if op == "get" else child
                self.assertGreaterEqual(map_of, line["tree"]["blocks"])
                self.assertLess(parent + child - map_of, 1000)


class Resident(Preload):
    def test_what_the_map_touched_is_what_is_counted(self):
        """array64+single frees nothing while it is filled: each block is still there."""
        for op in ("put", "remove", "get"):
            line = self.run_cell("array64+single", self.root / "bump.so", op, 2000)
            blocks = line["tree"]["blocks"] / line["scale"]
            with self.subTest(op):
                self.assertAlmostEqual(line["rss_per_entry"],
                                       line["bytes_per_entry"] + 16 * blocks, delta=3 * 4096 / 2000)

    def test_a_map_is_as_large_in_every_process(self):
        """What was needed to make the traces does not serve the map: it would not be counted."""
        found = [self.run_cell("fix4", "", op, 50000)["rss_per_entry"]
                 for op in ("put", "remove", "get")]
        self.assertLess(max(found) / min(found), 1.03)

    @unittest.skipUnless(LARGE_PAGES.exists() and "[never]" not in LARGE_PAGES.read_text(), "no large pages here")
    def test_what_lies_in_large_pages_is_told(self):
        """champion asks for them from 8 MiB on."""
        small, large = (self.run_cell("champion", "", "get", scale) for scale in (20000, 1000000))
        self.assertEqual(small["values"]["large_per_entry"], 0)
        self.assertGreater(large["values"]["large_per_entry"], 5)
        self.assertLess(large["values"]["large_per_entry"], large["rss_per_entry"])

    def test_the_peak_is_of_the_cell_not_of_who_started_it(self):
        ballast = bytearray(100 << 20)
        ballast[::4096] = b"x" * len(ballast[::4096])
        for op in ("put", "get"):
            peak = self.run_cell("fix4", "", op)["peak_rss_bytes"]
            self.assertLess(peak, 50e6)
            self.assertGreater(peak, 1e6)

    def test_the_peak_holds_a_full_map(self):
        for op in ("put", "remove", "get"):
            line = self.run_cell("lazy", self.root / "bump.so", op, 20000)
            self.assertGreater(line["peak_rss_bytes"], line["scale"] * line["rss_per_entry"])


def tells_allocated():
    """glibc has mallinfo2 from 2.33 on."""
    library, version = platform.libc_ver()
    return library == "glibc" and tuple(map(int, version.split("."))) >= (2, 33)


@unittest.skipUnless(tells_allocated(), "this C library's malloc does not tell what it gave out")
class Allocated(Preload):
    def test_it_is_what_malloc_gave_out(self):
        """glibc adds 8 bytes to a block; a few wait in the cache of the thread."""
        for op in ("put", "get", "remove"):
            line = self.run_cell("lazy", "", op, 20000)
            blocks = line["tree"]["blocks"] / line["scale"]
            with self.subTest(op):
                self.assertAlmostEqual(line["values"]["allocated_per_entry"], line["bytes_per_entry"] + 8 * blocks,
                                       delta=0.3)

    def test_what_a_map_has_from_the_system_without_malloc_is_in_it(self):
        for op in ("put", "get", "remove"):
            line = self.run_cell("champion", "", op, 20000)
            with self.subTest(op):
                self.assertAlmostEqual(line["values"]["allocated_per_entry"], line["bytes_per_entry"], delta=0.3)

    def test_it_is_told_of_maps_that_do_not_account(self):
        """16 bytes of key and value are in any table; at most half of it is empty, and a copy of it is gone."""
        line = self.run_cell("uthash", "", "get", 20000)
        self.assertEqual(sum(line["tree"]["bytes"].values()), 0)
        self.assertGreater(line["values"]["allocated_per_entry"], 16 + 56)  # with a UT_hash_handle
        self.assertLess(line["values"]["allocated_per_entry"], line["rss_per_entry"] * 1.02)

    def test_it_is_not_told_of_an_allocator_that_does_not_tell(self):
        self.assertNotIn("allocated_per_entry", self.run_cell("lazy", self.root / "bump.so")["values"])


class Named(Preload):
    """Those of experiments/allocators.conf, as far as this machine has them or may install them."""

    def test_each_serves_every_operation(self):
        for name in names():
            with self.subTest(name):
                found = make(f"ALLOC={name}", "allocator")
                if found.returncode:
                    self.skipTest(found.stderr.splitlines()[0])
                library = last_line(found)
                lines = [self.run_cell("lazy", library, op, 10000)
                         for op in ("put", "get", "remove")]
                for line in lines:
                    self.assertEqual(line["allocator"], os.path.basename(library))
                    self.assertEqual(line["bytes_per_entry"], lines[0]["bytes_per_entry"])
                    # Lists give blocks back as they grow, some of which lie unused for a while.
                    self.assertGreater(line["rss_per_entry"], 0.95 * line["bytes_per_entry"])
                    self.assertLess(line["rss_per_entry"], 1.6 * line["bytes_per_entry"])
                    self.assertAlmostEqual(line["rss_per_entry"] / lines[0]["rss_per_entry"], 1,
                                           delta=0.1)


class Runner(Preload):
    def measure(self, library):
        store = self.root / "store.sqlite"
        done = subprocess.run(
            [ROOT / "build/run/run", "--store", store, "--variants", "lazy", "--ops", "put",
             "--patterns", "shuffled", "--scales", "1000", "--reps", "1", "--samples", "1",
             "--alloc", str(library)], cwd=ROOT, text=True, capture_output=True)
        connection = sqlite3.connect(store)
        rows = connection.execute("SELECT allocator_asked, allocator, status, detail FROM process"
                                  " ORDER BY started DESC LIMIT 1").fetchall()
        connection.close()
        return done, rows[0]

    def test_a_preload_that_did_not_take_is_no_row(self):
        (self.root / "broken.so").write_text("no library")
        for name in ("nothing.so", "half.so", "broken.so"):
            done, (asked, served, status, detail) = self.measure(self.root / name)
            with self.subTest(name):
                self.assertEqual(done.returncode, 1)
                self.assertEqual((asked, served, status), (name, None, "malformed"))
                self.assertIn(f"{name} does not serve the process", detail)

    def test_one_that_took_is(self):
        done, row = self.measure(self.root / "bump.so")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(row, ("bump.so", "bump.so", "ok", None))


if __name__ == "__main__":
    make("build/run/run")
    unittest.main()
