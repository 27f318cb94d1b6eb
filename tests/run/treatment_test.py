#!/usr/bin/env python3
"""Comparisons whose change was not there: each fault is put into what is otherwise a good experiment, which must
then be refused, or fail, in a line that tells why.  How many are found out is counted, and printed."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RUN = ROOT / "build/run/run"
SYSTEM = "glibc" if sys.platform == "linux" else "system"
FOUND_LEAST = 0.95

sys.path.insert(0, str(ROOT / "tools"))
import compose  # noqa: E402

# What the runner knows of hashes: name, what it makes of an integer, and of bytes.
HASHES = re.findall(r'\{"(\w+)", "(\w{16})", "(\w{16})"\}', (ROOT / "experiments/run/treatment.c").read_text())
XXH3 = {name: (integer, text) for name, integer, text in HASHES}["xxh3"]

# ---- Faults that the runner is to find ----
# (name, [(text of tests/run/fake_cell, what it is instead)], options, words of the complaint)
TOLD = "tell_identity\n    printf ',\"op\""  # with a sample
WHAT = '"$variant" "$hash" "$key"\n'
SAME = "are the same machine code, allocator and settings"
ONE = ("code=$(", "code=1 #$(")  # the machine code of both is one
SLOTS = ("--parameters", "pool_slots=64")


def instead(name, text):
    """A sample tells something else than what was asked for."""
    return [('[ "$variant" = short ]', f'{name}={text}; [ "$variant" = short ]')]


RUNNERS = [
    # The layout
    ("an include path finds the parent's file", [ONE], (), SAME),
    ("a stale object, of other flags", [ONE, ("flags='-O2", "flags='-O3")], (), SAME),
    ("a stale object, of another compiler", [ONE, ("compiler='cc 1'", "compiler='cc 2'")], (), SAME),
    ("a stale object, of another composition", [ONE, ('"composition":"fake"', '"composition":"x"')],
     (), SAME),
    ("a parameter does nothing to two programs", [ONE], SLOTS, SAME),
    ("another program after it was described", [("op='' pattern", "code=2 op='' pattern")], (), "code is "),
    ("another composition after that", [(TOLD, TOLD.replace("identity", "identity | sed s/fake/x/"))], (),
     "composition is "),
    ("other flags after that", [(TOLD, TOLD.replace("identity", "identity | sed s/-O2/-O0/"))], (), "cflags is "),
    ("another compiler after that", [("op='' pattern", "compiler='cc 2' op='' pattern")], (), "compiler is "),
    # The hash
    *((f"HASH=xxh3 is {name}", [(XXH3[0], integer)], (), "hashes with another one") for name, integer, _ in HASHES
      if integer != XXH3[0]),
    ("a hash of integers hashes their text", [XXH3], (), "hashes with another one"),
    ("a hash of text hashes numbers", [XXH3[::-1]], ("--key", "str"), "hashes with another one"),
    ("the hash is swapped in the name alone", [ONE], ("--hash", "xxh3,wyhash"), SAME),
    ("another hash after that", [("op='' pattern", "known=0 op='' pattern")], (), "hash_of_known is "),
    ("HASH is not passed on", [('"hash":"%s"', '"hash":"wyhash"'), (WHAT, '"$variant" "$key"\n')], (),
     "it is for wyhash where xxh3 was asked for"),
    ("KEY is not passed on", [('"key":"%s"', '"key":"str"'), (WHAT, '"$variant" "$hash"\n')], (),
     "it is for str where u64 was asked for"),
    # Settings
    ("a parameter is not passed on", [("--pool-slots) pool=$2", "--pool-slots) pool=")], SLOTS,
     "pool_slots=64 was asked for, and the process has another value"),
    ("a parameter is cut", [("--pool-slots) pool=$2", "--pool-slots) pool=6")], SLOTS, "the process has another value"),
    ("a parameter is told to nobody", [('"parameters":{"pool_slots":%s},', ''), ('"${pool:-65536}"', '')], SLOTS,
     "the process has no such parameter"),
    ("a parameter is passed by another name", [('"parameters":{"pool_slots":%s}', '"parameters":{"slots":%s}')], SLOTS,
     "the process has no such parameter"),
    ("a parameter is misspelt", [], ("--parameters", "pool_slot=64"), "pool_slot=64: not a parameter of the cell map"),
    ("a parameter is out of range", [], ("--parameters", "pool_slots=2000000000"), "must be a whole number"),
    ("a parameter's value is its usual one", [], ("--plan", "usual"), SAME),
    ("another operation", instead("op", "get"), (), "op is get where put"),
    ("another pattern", instead("pattern", "random"), (), "pattern is random where shuffled"),
    ("another scale", instead("scale", "999"), (), "scale is 999 where 1000"),
    ("another seed", instead("seed", "7"), (), "seed is 7 where "),
    ("samples that are one and the same", instead("number", "0"), (), "sample is 0 where 1"),
    ("other answers", [("liar)", "change)")], (), "checksum 0x00000000000000ff"),
    ("samples too few", [("number=$((number + 1))", "number=$((number + 1)); read -r told")], (),
     "samples where 5 were"),
    ("an operation that it lacks", [('"operations":["put",', '"operations":[')], (), "OPS=put: not an operation"),
    ("untimed passes that it does not do", [('\'"warm":true,\'', "''")], ("--turns", "warm"),
     "TURNS=warm: the cell map"),
    # The allocator
    ("preloading is ignored", [('[ -s "${LD_PRELOAD-}" ]', "false")], ("--alloc", "swift"),
     "swift does not serve the process, libc.so.6 does"),
    ("a library that is none", [], ("--alloc", "empty.so"), "empty.so does not serve the process"),
    ("one of malloc's companions is another's", [("allocator=${LD_PRELOAD##*/}",
     'allocator="${LD_PRELOAD##*/}, but free is that of libc.so.6"')], ("--alloc", "swift"),
     "does not serve the process"),
    ("another allocator serves", [("allocator=${LD_PRELOAD##*/}", "allocator=libother.so")], ("--alloc", "swift"),
     "swift does not serve the process, libother.so does"),
    ("an allocator serves where none was asked for", [("allocator=libc.so.6", "allocator=libswift.so.1")], (),
     "does not serve the process, libswift.so.1 does"),
    ("an allocator's name is misspelt", [], ("--alloc", "nosuch"), "ALLOC=nosuch: not known"),
    ("an allocator is not there", [], ("--alloc", "silent"), "ALLOC=silent"),
    ("two names of one allocator", [], ("--alloc", "swift,swift-again"), SAME),
    ("make has built nothing", [], ("--variants", "honest,broken"), "VARIANTS=broken: it cannot be built"),
]


class Runner(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.root = pathlib.Path(room.name)
        for part in ("common/hash/xxh3", "common/hash/wyhash", "common/key/u64", "common/key/str", "results"):
            (self.root / part).mkdir(parents=True)
        (self.root / "empty.so").write_text("")
        line = "VARIANTS=honest OPS=put PATTERNS=shuffled SCALES=1000 REPS=1"
        (self.root / "usual").write_text(f"{line}\n{line} pool_slots=65536\n")
        make = (HERE / "fake_make").read_text()
        make = make.replace('ALLOC-} in', 'ALLOC-} in\nswift-again) ALLOC=swift; echo "no library" >libswift.so.1;'
                            ' echo "$PWD/libswift.so.1"; exit ;;')
        (self.root / "fake_make").write_text(make)
        (self.root / "fake_make").chmod(0o755)

    def measure(self, changes, options):
        """An experiment of two programs, with these changes in both: where they are to differ, code=$(...) does it."""
        text = (HERE / "fake_cell").read_text()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        (self.root / "fake_cell").write_text(text)
        options = [word.replace("empty.so", str(self.root / "empty.so")) for word in options]
        plan = ("--variants", "honest,change", "--ops", "put", "--patterns", "shuffled", "--scales", "1000", "--reps",
                "1")
        return subprocess.run([RUN, "--make", "./fake_make", *plan, *options], cwd=self.root, text=True, timeout=60,
                              capture_output=True, env={"PATH": "/usr/bin:/bin", "TMPDIR": str(self.root)})

    def test_what_is_without_a_fault_is_measured(self):
        for options in ((), SLOTS, ("--key", "str"), ("--hash", "xxh3,wyhash"), ("--alloc", f"swift,{SYSTEM}"),
                        ("--turns", "warm"), ("--copies", "2")):
            with self.subTest(options=options):
                done = self.measure([], options)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_the_same_is_measured_where_that_is_allowed(self):
        same = [ONE]
        done = self.measure(same, ())
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        honest, change = (f"{name} xxh3 u64 {SYSTEM} put shuffled 1000" for name in ("honest", "change"))
        self.assertEqual(done.stderr.splitlines()[-1], f"{honest} and {change}: these {SAME}, so there is nothing to"
                         " compare; SAME=allowed measures them nevertheless")
        self.assertEqual(self.measure(same, ("--same", "allowed")).returncode, 0)
        self.assertIn("SAME=maybe: refused or allowed", self.measure(same, ("--same", "maybe")).stderr)

    def test_faults(self):
        self.assertGreaterEqual(len(RUNNERS) + len(BUILDS), 40)
        missed = []
        for name, changes, options, told in RUNNERS:
            done = self.measure(changes, options)
            if done.returncode == 0 or told not in done.stderr:
                missed.append(f"{name}: {done.stderr.strip().splitlines()[-1:]}")
        for name, of, made in BUILDS:
            said = refusal(of, made, self.root)
            if "was made without" not in said:
                missed.append(f"{name}: {said}")
        count = len(RUNNERS) + len(BUILDS)
        print(f"{count - len(missed)} of {count} faults were found out", *missed, sep="\n  ", file=sys.stderr)
        self.assertGreaterEqual(1 - len(missed) / count, FOUND_LEAST)


# ---- Faults that the build is to find: an object that was made of other files than its name says ----

def flags(spec, key="u64", hash_name="xxh3"):
    return compose.Composition(spec).flags(key, hash_name).split()


# (name, what is built: composition, key, hash, what it was made with: flags)
BUILDS = [
    *((f"{spec} is made with the parts of {other}", (spec, "u64", "xxh3"), flags(other))
      for spec, other in (("lazy", "list"), ("pool", "list"), ("tagged", "list"), ("prefetch", "list"),
                          ("fix4", "fix3"), ("lazy+pool", "lazy"), ("champion", "bucket"), ("champ", "boxed"))),
    ("the baseline is made with a variant's part", ("list", "u64", "xxh3"), flags("lazy")),
    ("HASH is not passed on to the compiler", ("lazy", "u64", "wyhash"), flags("lazy")),
    ("KEY is not passed on to the compiler", ("lazy", "str", "xxh3"), flags("lazy")),
]


def refusal(of, made, room):
    """What compose.py says of an object of that name that was made with these flags; nothing if it takes it."""
    composition = compose.Composition(of[0])
    target = room / "hamt.o"
    shutil.copyfile(RUN, target)
    subprocess.run(["cc", "-std=c17", "-M", "-MT", target, "-MF", target.with_suffix(".d"), *made,
                    composition.source()], cwd=ROOT, check=True)
    try:
        composition.code(of[1], of[2], target)
        return ""
    except compose.Nonsense as nonsense:
        return str(nonsense)


class Build(unittest.TestCase):
    def test_what_is_made_of_its_own_files_is_taken(self):
        with tempfile.TemporaryDirectory() as room:
            for spec, key, hash_name in (("list", "u64", "xxh3"), ("fix4", "str", "wyhash"),
                                         ("champion", "u64", "weak"), ("reference", "u64", "xxh3")):
                self.assertEqual(refusal((spec, key, hash_name), flags(spec, key, hash_name), pathlib.Path(room)), "")

    def test_a_digest_is_of_the_machine_code_alone(self):
        """Names of files, comments and debugging information make no difference; what the processor does, does."""
        source = "int two(void); int x = 3; int f(int a) { return two() * a + x; } int g(void) { return f(1); }"
        cases = {"same": f"/* a comment */\n\n{source}", "constant": source.replace("3", "4"),
                 "operation": source.replace("*", "+"), "called": source.replace("two", "too"),
                 "order": source.replace("f(1)", "f(2)")}
        with tempfile.TemporaryDirectory() as room:
            def digest(name, text, *more):
                path = pathlib.Path(room) / f"{name}.c"
                path.write_text(text)
                subprocess.run(["cc", "-g", "-O1", *more, "-c", path, "-o", path.with_suffix(".o")], check=True)
                return compose.machine_code.digest([path.with_suffix(".o")])
            found = {name: digest(name, text) for name, text in cases.items()}
            plain = digest("plain", source)
            self.assertEqual([name for name in cases if found[name] == plain], ["same"])
            self.assertEqual(digest("without", source, "-g0"), plain)
            self.assertEqual(len(set(found.values())), len(cases))
            self.assertNotEqual(digest("late", source, "-flto", "-fno-fat-lto-objects"), plain)


class Hashes(unittest.TestCase):
    def test_the_runner_knows_what_each_hash_of_the_tree_makes(self):
        """As a small program tells that is compiled with it."""
        self.assertEqual([name for name, *_ in HASHES], sorted(path.name for path in (ROOT / "common/hash").iterdir()))
        with tempfile.TemporaryDirectory() as room:
            source = pathlib.Path(room) / "hash.c"
            source.write_text('#include "hash.h"\n#include <stdio.h>\nint main(void) { printf("%016llx %016llx",'
                              ' (unsigned long long)hash_u64(0x0123456789abcdef, 0),'
                              ' (unsigned long long)hash_bytes("hamtlab", 7, 0)); }')
            for name, *values in HASHES:
                program = pathlib.Path(room) / name
                subprocess.run(["cc", "-O1", f"-Icommon/hash/{name}", "-Icommon/map", "-Icommon", "-Icommon/key/u64",
                                source, "-o", program], cwd=ROOT, check=True)
                self.assertEqual(subprocess.run([program], text=True, capture_output=True).stdout.split(), values, name)


if __name__ == "__main__":
    subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)
    unittest.main()
