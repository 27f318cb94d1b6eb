#!/usr/bin/env python3
"""The program that measures threads: what it prints, what it refuses, and that a map that gives wrong answers is found
out."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARING, COPYING, PEERS = "refcount+lazy", "lazy", ("urcu", "cds", "tbb", "cuckoo")
WAYS = sorted(path.parent.name for path in (ROOT / "common/threads").glob("*/publish.h"))
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
# Four cores, 0 and 1 the first physical one, 2 and 3 the second: tells on stderr which one a thread asks to stay on.
SIBLINGS = r"""
#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
int sched_getaffinity(pid_t pid, size_t bytes, cpu_set_t *set) {
    (void)pid, (void)bytes;
    CPU_ZERO(set);
    for (int core = 0; core < 4; core++)
        CPU_SET(core, set);
    return 0;
}
int sched_setaffinity(pid_t pid, size_t bytes, const cpu_set_t *set) {
    (void)pid, (void)bytes;
    for (int core = 0; core < 4; core++)
        if (CPU_ISSET(core, set))
            fprintf(stderr, "core %d\n", core);
    return 0;
}
FILE *fopen(const char *path, const char *mode) {
    static char pairs[2][5] = {"0-1\n", "2-3\n"};
    const char *core = strstr(path, "/cpu/cpu");
    if (core && strstr(path, "thread_siblings_list"))
        return fmemopen(pairs[(core[8] - '0') / 2], 4, mode);
    return ((FILE * (*)(const char *, const char *))dlsym(RTLD_NEXT, "fopen"))(path, mode);
}
"""
NO_THREADS = """
#include <errno.h>
#include <pthread.h>
int pthread_create(pthread_t *made, const pthread_attr_t *how, void *(*begin)(void *), void *with) {
    (void)made, (void)how, (void)begin, (void)with;
    return EAGAIN;
}
"""
# No memory for what threads make that are not the first.
POOR_THREADS = """
#include <stddef.h>
#include <unistd.h>
void *__libc_malloc(size_t);
void *malloc(size_t bytes) {
    return gettid() == getpid() ? __libc_malloc(bytes) : NULL;
}
"""


def build(variant, key="u64", cell="threads"):
    made = subprocess.run(["make", "-s", f"CELL={cell}", f"VARIANT={variant}", f"KEY={key}", "cell"], cwd=ROOT,
                          text=True, capture_output=True)
    assert made.returncode == 0, made.stderr
    return ROOT / made.stdout.splitlines()[-1]


def cell_of(way):
    return "threads" if way == "rcu" else f"threads-{way}"


def present(peer):
    lacking = subprocess.run(["tools/compose.py", "lacking", peer], cwd=ROOT, text=True, capture_output=True,
                             check=True)
    return not lacking.stdout


def run(cell, op, *more, scale=1000, **options):
    return subprocess.run([cell, "--op", op, "--pattern", "shuffled", "--scale", str(scale), "--seed", "3",
                           "--operations", "5000", *more], text=True, capture_output=True, **options)


def lines(result):
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def preloaded(test, source):
    """The environment of a program that finds these functions first."""
    room = tempfile.TemporaryDirectory()
    test.addCleanup(room.cleanup)
    library = pathlib.Path(room.name) / "first.so"
    subprocess.run(["cc", "-std=c17", "-D_GNU_SOURCE", "-fno-builtin", "-shared", "-fPIC", "-Wall", "-Wextra",
                    "-Werror", "-x", "c", "-", "-o", library], input=source, text=True, check=True)
    return os.environ | {"LD_PRELOAD": str(library)}


def described(cell):
    said, = lines(subprocess.run([cell, "--describe"], text=True, capture_output=True))
    return said


class Output(unittest.TestCase):
    def check(self, cell, op, *more, **expected):
        line, = lines(run(cell, op, *more))
        self.assertEqual((line["op"], line["scale"], line["sample"]), (op, 1000, 0))
        self.assertGreater(line["ns_per_op"], 0)
        for name, value in expected.items():
            self.assertEqual(line[name], value)
        return line["values"]

    def test_one_thread_reads_and_writes(self):
        for way in WAYS:
            for variant, key in ((SHARING, "u64"), (SHARING, "str"), (COPYING, "u64")):
                cell = build(variant, key, cell_of(way))
                for writers in "01":
                    with self.subTest(f"{way} {variant} {key} {writers}"):
                        values = self.check(cell, "mix", "--threads", "1", "--writes", "50", "--writers", writers,
                                            ops=5120)
                        self.assertEqual(values.pop("threads"), 1)
                        self.assertEqual(list(values), ["writing"] if writers == "1" else [])

    @unittest.skipIf(CORES < 2, "needs two cores")
    def test_two_threads_read_and_write_in_every_operation(self):
        for way in WAYS:
            cell = build(SHARING, cell=cell_of(way))
            for op, writes, writers in (("mix", 5, 0), ("mix", 5, 1), ("latency", 50, 1), ("iterate", 0, 0),
                                        ("iterate", 5, 0)):
                with self.subTest(f"{way} {op} {writes} % by {writers}"):
                    values = self.check(cell, op, "--threads", "2", "--writes", str(writes), "--writers", str(writers))
                    self.assertEqual(values["threads"], 2)
                    self.assertGreater(values.get("pass", 1), 0)  # of a busy machine none is told
                    self.assertEqual({"writing", "idle"} <= set(values), bool(writers))

    @unittest.skipIf(CORES < 2, "needs two cores")
    def test_what_one_writer_spends_on_puts_and_the_others_wait_for(self):
        cell = build(SHARING)
        def shares(writes):
            return self.check(cell, "mix", "--threads", "2", "--writes", writes, "--writers", "1")
        self.assertEqual(shares("0")["writing"], 0)
        tries = [shares("100") for _ in range(5)]  # in one of these another program may take a core
        for name in ("writing", "idle"):
            self.assertGreater(max(values[name] for values in tries), 0.8)
            self.assertLessEqual(max(values[name] for values in tries), 1)

    def test_the_checksum_is_that_of_the_answers(self):
        """Whoever gives them, and however often the keys were written to; other keys give another."""
        sums = {line["checksum"] for way in WAYS for variant in (SHARING, COPYING) for writers in "01"
                for line in lines(run(build(variant, cell=cell_of(way)), "mix", "--threads", str(min(CORES, 2)),
                                      "--writes", "20", "--writers", writers))}
        for way in WAYS:
            for writers in "01":
                sums |= {line["checksum"] for line in lines(run(
                    build(SHARING, cell=cell_of(way)), "mix", "--threads", str(min(CORES, 2)), "--writes", "20",
                    "--writers", writers, "--batch", "7"))}
        for writes in ("0", "21", "100"):
            sums |= {line["checksum"]
                     for line in lines(run(build(SHARING), "mix", "--threads", "1", "--writes", writes))}
        self.assertEqual(len(sums), 1)
        others, = lines(run(build(SHARING), "mix", "--threads", "1", "--seed", "8"))
        self.assertNotIn(others["checksum"], sums)

    def test_latencies_of_look_ups_and_puts_grow_with_their_shares(self):
        cell = build(SHARING)
        values = self.check(cell, "latency", "--threads", "1", "--writes", "20")
        for of in ("", "put_"):
            shares = [values[of + name] for name in ("p50", "p99", "p99.9", "worst")]
            self.assertEqual(shares, sorted(shares))
            self.assertGreater(shares[0], 0)
        self.assertGreater(values["clock"], 0)
        values = self.check(cell, "latency", "--threads", "1", "--writes", "0")
        self.assertNotIn("put_p50", values)

    def test_samples_come_one_for_each_go(self):
        cell = build(SHARING)
        for op in ("mix", "latency"):
            with self.subTest(op):
                ready, *samples = lines(run(cell, op, "--threads", "1", "--steps", input="go\ngo\ngo\nend\n"))
                self.assertEqual((ready, [line["sample"] for line in samples]), ({"ready": True}, [0, 1, 2]))
                self.assertEqual(len({line["checksum"] for line in samples}), 1)

    def test_it_describes_itself(self):
        for way in WAYS:
            said = described(build(SHARING, cell=cell_of(way)))
            self.assertEqual((said["program"], said["operations"], said["identity"]["composition"]),
                             (cell_of(way), ["mix", "latency", "iterate"], SHARING))
        self.assertEqual(said["parameters"]["threads"], {"low": 0, "high": 1024, "default": 0})


class Peers(unittest.TestCase):
    def test_those_made_for_threads_answer_by_themselves_and_have_no_versions_to_walk_over(self):
        for peer in filter(present, PEERS):
            for key in ("u64", "str"):
                cell = build(peer, key)
                with self.subTest(f"{peer} {key}"):
                    self.assertEqual(described(cell)["operations"], ["mix", "latency"])
                    self.assertEqual(run(cell, "iterate").returncode, 2)
                    self.assertEqual(run(cell, "mix", "--batch", "2").returncode, 2)
                    for threads in range(1, min(CORES, 2) + 1):
                        for writers in "01":
                            line, = lines(run(cell, "mix", "--threads", str(threads), "--writes", "50", "--writers",
                                              writers))
                            self.assertEqual(line["values"]["threads"], threads)

    @unittest.skipUnless(present("tbb"), "needs tbb")
    def test_behind_a_lock_they_have_them(self):
        self.assertEqual(described(build("tbb", cell="threads-lock"))["operations"], ["mix", "latency", "iterate"])


class Refusal(unittest.TestCase):
    def test_what_makes_no_sense(self):
        cell = build(SHARING)
        for more in (("--op", "fly"), ("--pattern", "file"), ("--scale", "0"), ("--threads", str(CORES + 1)),
                     ("--threads", "x"), ("--writes", "101"), ("--writers", "2"), ("--batch", "0"),
                     ("--operations", "0"), ("left", "over"), ("--op", "iterate", "--threads", "1"), ("--fast",)):
            with self.subTest(more):
                done = run(cell, "mix", *more)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertRegex(done.stderr, r"\Athreads: \S+")

    @unittest.skipIf(CORES < 2 or not shutil.which("taskset"), "needs two cores and taskset")
    def test_more_threads_than_cores_that_it_may_use(self):
        core = str(min(os.sched_getaffinity(0)))
        done = subprocess.run(["taskset", "-c", core, build(SHARING), "--op", "mix", "--pattern", "shuffled",
                               "--scale", "1000", "--seed", "1", "--threads", "2"], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_no_memory_is_told(self):
        done = subprocess.run(["sh", "-c", f"ulimit -v 30000; exec '{build(SHARING)}' --op mix --pattern shuffled"
                               " --scale 1000000 --seed 1 --threads 1"], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("out of memory", done.stderr)


    def fails(self, done, reason):
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertRegex(done.stderr, rf"\Athreads: [^\n]*: {reason}\n\Z")

    @unittest.skipIf(CORES < 2, "needs two cores")
    def test_a_thread_that_cannot_be_made(self):
        done = run(build(SHARING), "mix", "--threads", "2", timeout=60, env=preloaded(self, NO_THREADS))
        self.fails(done, "the system gives no more threads")

    @unittest.skipIf(CORES < 2, "needs two cores")
    def test_a_reader_that_cannot_be_made(self):
        """The one writer does not wait for it."""
        for op, writers in (("mix", "0"), ("mix", "1"), ("iterate", "0")):
            with self.subTest(f"{op} {writers}"):
                self.fails(run(build(SHARING), op, "--threads", "2", "--writers", writers, timeout=60,
                               env=preloaded(self, POOR_THREADS)), "out of memory")

    def test_a_pool_is_as_large_as_the_lineup_says(self):
        """4 million slots are more than there is."""
        done = subprocess.run(["sh", "-c", f"ulimit -v 60000; exec '{build('phase2.5')}' --op mix --pattern shuffled"
                               " --scale 1000 --seed 1 --threads 1"], text=True, capture_output=True)
        self.fails(done, "out of memory")


class Order(unittest.TestCase):
    @unittest.skipUnless(sys.platform == "linux" and CORES >= 2, "needs Linux, and two cores")
    def test_threads_stay_on_different_physical_cores(self):
        done = run(build(SHARING), "mix", "--threads", "2", env=preloaded(self, SIBLINGS))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(done.stderr.splitlines()), {"core 0", "core 2"})


class Faults(unittest.TestCase):
    """Maps outside the tree that are wrong."""

    def changed(self, file, old, new, more=()):
        """A copy of a file's directory with a change in it."""
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        directory = pathlib.Path(temporary.name) / "wrong"
        shutil.copytree(file.parent, directory)
        text = file.read_text()
        self.assertIn(old, text)
        (directory / file.name).write_text(text.replace(old, new))
        return directory

    def is_found(self, cell, op, *more):
        done = run(cell, op, "--writes", "50", *more)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertIn("wrong answer", done.stderr)

    @unittest.skipUnless(present("tbb"), "needs tbb")
    def test_puts_that_are_lost_and_values_that_nobody_put(self):
        for old, new in (("        at->second = value;\n", "        if (is_new)\n            at->second = value;\n"),
                         ("    *value = at->second;", "    *value = at->second ^ (uint64_t)1 << 50;"),
                         ("is_new ? HAMT_NEW : HAMT_REPLACED", "is_new ? HAMT_NEW : HAMT_NEW")):
            with self.subTest(new):
                cell = build(self.changed(ROOT / "peers/tbb/hamt.cc", old, new))
                for op in ("mix", "latency"):
                    self.is_found(cell, op, "--threads", "1")

    @unittest.skipUnless(present("tbb"), "needs tbb")
    def test_a_map_that_counts_on_puts_in_the_order_in_which_it_was_filled(self):
        """It is right as long as any of the first puts of other values comes in another order."""
        adapter = ROOT / "peers/tbb/hamt.cc"
        begin = "        at->second = value;\n"
        follows = """        static hamt_key filled[1000];
        static size_t keys, next;
        if (is_new && keys < 1000)
            filled[keys++] = key;
        else if (next < 20 && key_equal(filled[next], key) && ++next == 20)
            value = 0;
"""
        cell = build(self.changed(adapter, begin, follows + begin))
        lines(run(cell, "mix", "--threads", "1", "--writes", "50"))

    @unittest.skipIf(CORES < 2, "needs two cores")
    def test_versions_that_change_while_they_are_walked_over(self):
        directory = self.changed(ROOT / "variants/refcount/share.h", "*share_word(node) == 1", "*share_word(node) > 0")
        self.is_found(build(f"{directory}+lazy"), "iterate", "--operations", "3000000", "--threads", "2")


if __name__ == "__main__":
    unittest.main()
