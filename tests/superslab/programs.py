"""Real programs with the superslab instead of the C library's malloc: what all their tests share.

A program runs as it is, with the superslab preloaded under each of some settings, and once more
with its counters, which show that it really served the program (and send every free the slow way).
What it says must be the same each time.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "build" / "superslab" / "libsuperslab.so"
TIME_LIMIT = 600  # seconds for a program, on a slow machine

# The second makes the pool refuse, so that blocks are mapped one by one.
LONG_SETTINGS = [{}, {"SUPERSLAB_SIZE": "512K", "SUPERSLAB_LOOKUP": "hash",
                      "SUPERSLAB_POOL_CAP": "16"}]

PLAIN, PRELOADED, COUNTED = "as it is", "preloaded", "preloaded and counted"
STATS_LINE = re.compile(r"^superslab: (\w+)=(\d+)\n", re.M)


def prepare():
    """Builds the allocator and installs the programs; called once for each file of tests."""
    if sys.platform != "linux":
        raise unittest.SkipTest("the superslab is for Linux")
    done = subprocess.run(["make", "-s", "superslab-lib", "build/packages-programs"], cwd=ROOT,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f"the tests cannot be prepared:\n{done.stdout}")


def environment(way, **more):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("SUPERSLAB") and name != "LD_PRELOAD"}
    kept |= {"LC_ALL": "C.UTF-8", **more}
    if way != PLAIN:
        kept["LD_PRELOAD"] = str(LIBRARY)
    if way == COUNTED:
        kept["SUPERSLAB_STATS"] = "1"
    return kept


class Ended:
    """How a program ended: its status, what it said, and the superslab's counters, summed up over
    all processes that it started."""

    def __init__(self, status, out, error):
        self.status, self.out = status, out
        self.counters = {}
        for name, value in STATS_LINE.findall(error):
            self.counters[name] = self.counters.get(name, 0) + int(value)
        self.error = STATS_LINE.sub("", error)


def as_in_the_foreground():
    """In a child: a shell ignores SIGINT for what it starts in the background, and so would all that
    the tests start from there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(command, way, directory=ROOT, given="", **variables):
    done = subprocess.run([str(word) for word in command], cwd=directory, input=given,
                          env=environment(way, **variables), text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIME_LIMIT,
                          preexec_fn=as_in_the_foreground)
    return Ended(done.returncode, done.stdout, done.stderr)


def forks(number, **settings):
    """A program whose threads allocate, read and flush files, begin and end forks so often.  It ends
    itself when one of its processes hangs."""
    program = "build/test/superslab/forks"
    subprocess.run(["make", "-s", "SAY=", program], cwd=ROOT, check=True)
    done = subprocess.run([ROOT / program, str(number)], env=environment(PRELOADED, **settings),
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if (done.returncode, done.stdout) != (0, f"{number} forks\n"):
        raise AssertionError(f"{settings}: {done.returncode}: {done.stdout[-2000:]}")


class Programs(unittest.TestCase):
    settings = [{}]  # of the superslab, under each of which all is to work

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def check(self, ended, way):
        """It ended well, and the superslab served it if and only if it was to."""
        self.assertEqual(ended.status, 0, f"{way}: {ended.error[-2000:]}")
        self.assertNotIn("cannot be preloaded", ended.error, way)
        if way == COUNTED:
            self.assertGreater(ended.counters.get("refills", 0), 0, "the superslab served nothing")
        else:
            self.assertEqual(ended.counters, {}, way)

    def same_each_way(self, result, counted=True):
        """result(way, variables): what is to be the same, in all ways and under all settings."""
        expected = result(PLAIN, {})
        ways = [(PRELOADED, variables) for variables in self.settings]
        if counted:
            ways.append((COUNTED, {}))
        for way, variables in ways:
            with self.subTest(way, **variables):
                self.assertEqual(result(way, variables), expected)
        return expected


def wait_for(condition, seconds=60):
    """What the condition gives as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"it did not come about within {seconds} s")
