#!/usr/bin/env python3
"""Settings of make: none is read by a shell, what makes no sense is told in one line."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Each would make a file named `ran` if a shell read it, or make expanded it.
HOSTILE = ["1';>{ran};'", '1";>{ran};"', "1;>{ran}", "`>{ran}`", "$(>{ran})", "1|>{ran}", "1&>{ran}",
           "$(shell touch {ran})", "1\n>{ran}", "1\n\ttouch {ran}\n", "'", "a*"]
# What of them is most likely to be used by a target.
TARGETS = {"FROM": "import", "A": "compare", "B": "compare", "EXPERIMENT": "export",
           "RESULTS": "tables", "OWN": "results", "VARIANTS": "recount", "DRAFT": "paper",
           "STUDIES": "studies"}


def make(*arguments, **environment):
    clean = {name: value for name, value in os.environ.items()
             if name not in ("MAKEFLAGS", "MFLAGS", "LD_PRELOAD")}
    return subprocess.run(["make", "-s", *arguments], cwd=ROOT, text=True, capture_output=True,
                          env=clean | environment)


def settings(name):
    text = (ROOT / "tools/make/settings.mk").read_text()
    return re.findall(rf"^{name} [:+]= (.*)$", text, re.M)


class OneLine(unittest.TestCase):
    def assert_refused(self, done, *says):
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertEqual(done.stderr.strip().count("\n"), 0, done.stderr)
        for said in says:
            self.assertIn(said, done.stderr)


class Hostile(OneLine):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.ran = pathlib.Path(room.name) / "ran"

    def test_no_setting_is_read_by_a_shell_or_expanded(self):
        names = " ".join(settings("SETTINGS") + settings("SETTINGS_OF_WORDS")).split()
        self.assertGreater(len(names), 30)
        for name in names:
            for value in HOSTILE:
                value = value.format(ran=self.ran)
                target = TARGETS.get(name, "experiment")
                with self.subTest(f"{name}={value!r}"):
                    self.assert_refused(make(f"{name}={value}", target), f"{name}: it may not contain ")
                    self.assertFalse(self.ran.exists())

    def test_nor_is_one_of_the_environment(self):
        for name in ("SEED", "VARIANT", "CFLAGS"):
            self.assert_refused(make("experiment", **{name: f"$(shell touch {self.ran})"}), name)
            self.assertFalse(self.ran.exists())

    def test_what_more_reads_is_not_ours(self):
        self.assertEqual(make("help", MORE="-R -F").returncode, 0)

    def test_blanks_are_for_lists_of_words_only(self):
        for name in " ".join(settings("SETTINGS")).split():
            with self.subTest(name):
                self.assert_refused(make(f"{name}=a b", "clean"), f"{name}: ", "blanks")
        done = make("CFLAGS=-O1 -DX=1", "test-programs")
        self.assertEqual(done.returncode, 0, done.stderr)


class Names(OneLine):
    def test_a_misspelt_one_is_told_the_nearest(self):
        for wrong, right in (("SCALE", "SCALES"), ("VARIENT", "VARIANT"), ("scales", "SCALES"),
                             ("HASHES", "HASH"), ("REP", "REPS"), ("C_FLAGS", "CFLAGS")):
            self.assert_refused(make(f"{wrong}=1", "experiment"),
                                f"{wrong}: no such setting; did you mean {right}?")
        self.assert_refused(make("A;B=1", "experiment"), "A;B: no such setting.")

    def test_those_of_make_and_the_compiler_are_known(self):
        done = make("CC=cc", "CFLAGS=", "LDFLAGS=", "LDLIBS=", "V=1", "DRAFT=", "ANEW=", "help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Values(OneLine):
    def test_hashes_and_keys_are_names_that_there_are(self):
        for setting in ("HASH=.", "HASH=..", "HASH=nosuch", "HASH=xxh3/", "KEY=.", "KEY=u64,x"):
            self.assert_refused(make(setting, "cell"), f"{setting}: not known; one of: ")

    def test_empty_ones_are_as_if_they_had_not_been_given(self):
        for setting in ("HASH=", "VARIANT="):
            self.assertEqual(make("-n", setting, "cell").stdout, make("-n", "cell").stdout)

    def test_one_program_is_of_one_hash_and_one_kind_of_key(self):
        for setting in ("HASH=xxh3,wyhash", "KEY=u64,str"):
            for target in ("cell", "counted-cell"):
                self.assert_refused(make(setting, target), setting, "one of each")

    def test_what_a_target_cannot_do_without_is_asked_for(self):
        for target, name in (("import", "FROM"), ("merge", "FROM"), ("export", "EXPERIMENT"),
                             ("compare", "A")):
            self.assert_refused(make(target), f"{target}: {name}= is missing: ")
        self.assert_refused(make("A=x", "compare"), "compare: B= is missing")


class Compiler(OneLine):
    def flags(self, machine):
        """The commands with a compiler that says it is for this machine."""
        with tempfile.TemporaryDirectory() as room:
            compiler = pathlib.Path(room) / "cc"
            compiler.write_text(f"#!/bin/sh\n[ $1 = -dumpmachine ] && echo {machine} && exit\nexec cc \"$@\"\n")
            compiler.chmod(0o755)
            done = make("-n", "-B", "V=1", f"CC={compiler}", "cell")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_compiler_for_another_machine_is_not_told_to_build_for_this_one(self):
        here = os.uname().machine
        other = "aarch64-linux-gnu" if here == "x86_64" else "x86_64-linux-gnu"
        self.assertNotIn("=native", self.flags(other))
        self.assertIn("=native", self.flags(f"{here}-linux-gnu"))

    def test_none_at_all_is_told(self):
        for target in ("cell", "counted-cell", "build/run/run"):
            self.assert_refused(make("CC=nosuch", target), "CC=nosuch: no compiler")

    def test_a_part_that_does_not_compile_is_told_with_its_place_and_setting(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        path, name = pathlib.Path(room.name) / "call.h", room.name.replace("/", "@")
        path.write_text("#define HOT static\nint x = ;\n")
        for kind in ("cell", "count", "test/map"):
            self.addCleanup(shutil.rmtree, ROOT / "build" / kind / name, ignore_errors=True)
        for target in ("cell", "counted-cell", f"build/test/map/{name}/u64/map_test"):
            said = make(f"VARIANT={room.name}", target).stderr.splitlines()
            self.assertRegex(said[0], rf"^VARIANT={room.name}: {path}:2(:\d+)?: error: .*; V=1 shows all$")
            self.assertEqual([line for line in said[1:] if not line.startswith("make")], [])
        self.assertIn("In file included from", make("V=1", f"VARIANT={room.name}", "cell").stderr)

    def test_what_is_at_fault_is_told_by_where_the_error_is(self):
        for place, setting in (("common/hash/odd/hash.h", "HASH=odd"), ("common/key/str/key.h", "KEY=str"),
                               ("common/trie/hamt.c", "VARIANT=a/b+pool")):
            said = f"In file included from x.c:1:\n{ROOT}/{place}:7:1: error: no\nmore\n"
            done = subprocess.run(["sh", "tools/compile.sh", "a@b+pool", "str", "odd", "sh", "-c",
                                   'echo "$0"; exit 3', said], cwd=ROOT, text=True, capture_output=True)
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (3, "", f"{setting}: {place}:7:1: error: no; V=1 shows all\n"))


class Packages(unittest.TestCase):
    def test_pkg_config_is_asked_by_rules_alone(self):
        """A target that needs no package is made where there is none."""
        with tempfile.TemporaryDirectory() as room:
            told = pathlib.Path(room) / "told"
            program = pathlib.Path(room) / "pkg-config"
            program.write_text(f"#!/bin/sh\necho $* >>{told}\nexit 1\n")
            program.chmod(0o755)
            done = make("help", PATH=f"{room}:{os.environ['PATH']}")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertFalse(told.exists())


class Preloaded(OneLine):
    def test_a_library_is_taken_for_the_allocator(self):
        for name in ("LD_PRELOAD", "DYLD_INSERT_LIBRARIES"):
            done = make("-n", "experiment", **{name: "./x/libnosuch.so"})
            self.assertIn(f"LD_PRELOAD is taken for ALLOC={ROOT}/x/libnosuch.so\n", done.stdout)
            self.assertIn(f"--alloc '{ROOT}/x/libnosuch.so'", done.stdout)

    def test_or_refused_with_the_way_to_say_it(self):
        way = "make ALLOC=/its/path experiment"
        for value in ("libnosuch.so", "/a.so:/b.so", "/a.so /b.so", "/$LIB/a.so"):
            self.assert_refused(make("-n", "experiment", DYLD_INSERT_LIBRARIES=value), value, way)
        for target in ("results", "studies", "superslab", "profile"):
            self.assert_refused(make("-n", target, DYLD_INSERT_LIBRARIES="/a.so"),
                                f"/a.so: {target} measures without", way)
        self.assert_refused(make("-n", "ALLOC=glibc", "experiment", DYLD_INSERT_LIBRARIES="/a.so"),
                            "/a.so and ALLOC=glibc: one of them")


if __name__ == "__main__":
    unittest.main()
