#!/usr/bin/env python3
"""The page in a real browser: it loads from disk, filters, opens a point, shares an address, shows what a stranger
contributed as text, and complains of nothing."""
import contextlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
sys.path.insert(0, str(ROOT / "tests" / "lab"))
sys.path.insert(0, str(ROOT / "tests" / "web"))
import browser  # noqa: E402
import made_shapes  # noqa: E402
from lab import command, ladder, pairs  # noqa: E402
from lab.printing import with_interval  # noqa: E402
from lab.results import exported  # noqa: E402
from lab.settings import REFERENCE  # noqa: E402
from lab.site import build, contributed  # noqa: E402

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
STORED = ("fixes", "buckets", "steps", "suite", "factorial", "rise", "rise-zen5", "instrument-limits")
LIBRARIES = "build/web/node_modules/.package-lock.json"
MOST = 1_000_000  # bytes of the page, compressed


def why_not():
    """What keeps the page from being built here; None if nothing does."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            return f"there is no {program}: make build/packages-web"
    fetched = make(LIBRARIES)
    if fetched.returncode:
        return fetched.stderr.partition("\n")[0]
    done = make("build/web/page.js", "build/web/page.css")
    if done.returncode:
        raise AssertionError(done.stderr)
    return None


def make(*targets, **environment):
    quiet = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(["make", "-s", "SAY=@", *targets], cwd=ROOT, env=quiet | environment, capture_output=True,
                          text=True)


def results_with_a_stranger(room):
    """Stored results, some of a shape that the page does not know, and a contributor's with hostile texts, below a
    directory."""
    runs = room / "runs"
    runs.mkdir(parents=True)
    for name in STORED:
        (runs / name).symlink_to(ROOT / "results" / "runs" / name)
    made_shapes.told(room)
    with contextlib.redirect_stdout(io.StringIO()):
        contributed.contribute("stranger", str(runs / "buckets"), out=room / "contributed")
    path = room / "contributed" / "stranger.json"
    data = json.loads(path.read_text())
    found = data["experiments"][0]
    found["machine"] |= {"id": "m2", "cpu": HOSTILE, "os": HOSTILE, "kernel": HOSTILE}
    found["compilers"] = found["started"] = found["commit"] = HOSTILE
    path.write_text(json.dumps(data))
    return room


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = why_not()
        if reason:
            raise unittest.SkipTest(reason)
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.site = pathlib.Path(room.name) / "site"
        with contextlib.redirect_stdout(io.StringIO()) as told:
            build.site(results_with_a_stranger(pathlib.Path(room.name) / "results"), cls.site)
        cls.told = told.getvalue()

    def test_it_is_small_and_needs_no_network(self):
        packed = re.search(r"page: .* compressed (\S+) kB", self.told)[1]
        self.assertLess(1000 * float(packed.replace(",", "")), MOST)
        page = (self.site / "index.html").read_text()
        self.assertNotRegex(page, r"""(src|href)=["']?(https?:)?//""")

    def test_every_link_of_the_documents_leads_somewhere(self):
        for page in self.site.rglob("*.html"):
            for target in re.findall(r'<a href="([^"#]+)', page.read_text()):
                if ":" not in target and page.name != "index.html":
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    @unittest.skipUnless(browser.CHROMIUM, browser.WHY_NOT)
    def test_a_reader_finds_everything(self):
        done = subprocess.run(["node", ROOT / "tests/web/page.cjs", browser.CHROMIUM, self.site / "index.html"],
                              capture_output=True, text=True,
                              env=os.environ | {"NODE_PATH": ROOT / "build/web/node_modules"})
        self.assertEqual(done.returncode, 0, done.stderr)
        seen = json.loads(done.stdout)
        with self.subTest("nothing is fetched, nothing complains"):
            self.assertEqual((seen["errors"], seen["requests"]), ([], []))
        print(f"first drawing after {seen['drawn']:.0f} ms; {self.told.strip()}")
        with self.subTest("filters, sorting and search"):
            self.assertEqual(len(seen["first"]), 26)
            arenas = ["outline+arena", "phase1", "phase2", "phase2.5", "phase2.6"]
            self.assertEqual(seen["filtered"], arenas)
            self.assertEqual(seen["elsewhere"], ["boost"])
            runs = ladder.of_cell(exported("fixes").runs, "shuffled", ladder.ENTRIES)
            over = pairs.ratios(runs, REFERENCE, who=ladder.WHO)
            self.assertIn(with_interval(over["put", "outline+arena"]), seen["row"])  # as docs/results.md has it
            self.assertIn("slower", seen["row"])
        with self.subTest("an address is the view"):
            self.assertEqual(seen["shared"], arenas)
            for part in ("op=put", "base=reference", "sort=name", "q=arena"):
                self.assertIn(part, seen["address"])
        with self.subTest("a point has its samples, its command, its source"):
            self.assertEqual(seen["point"], {"title": "outline+arena", "samples": 18, "kept": True, "command": (
                "make VARIANT=outline+arena AGAINST=reference OPS=put PATTERNS=shuffled SCALES=100000 KEY=u64 HASH=xxh3"
                " ALLOC=glibc REPS=18 SAMPLES=5 SEED=1 PIN=1 TURNS=warm experiment")})
            self.assertTrue(seen["source"].startswith("/* node.h (arena) - where does a node's memory come from"))
        with self.subTest("what was closed gives the focus back"):
            self.assertEqual(seen["back"], "outline+arena")
        for name, kinds in seen["views"].items():
            for kind, view in kinds.items():
                with self.subTest("each view draws", view=name, kind=kind):
                    self.assertLessEqual(view["over"], 0)
                    self.assertGreater(view["figures"] + view["rows"], 0)
        with self.subTest("a keyboard reaches the points of figures"):
            for name in ("Time and memory", "Scale", "Ladder"):
                self.assertGreater(seen["views"][name]["desk"]["links"], 5, name)
        with self.subTest("what is of no known shape is shown all the same"):
            for name in ("Layouts", "Time and memory", "Scale"):
                self.assertIn("reverse", seen["unknown"][name], name)
            pathcomp, = (row for row in seen["unknown"]["rows"] if row.startswith("pathcomp"))
            self.assertIn("4.00 [4.00 4.00]", pathcomp)
            self.assertIn("allocated\n40.5", seen["unknown"]["point"])
            self.assertTrue(all("40.5" in row for row in seen["unknown"]["rows"]), seen["unknown"]["rows"])
            self.assertIn("Only a plan can say differ=100", seen["unknown"]["point"])
        with self.subTest("all experiments are listed"):
            self.assertEqual(sorted(seen["stored"]), sorted([*STORED, "buckets", made_shapes.TOLD]))
        with self.subTest("a stranger's texts are text, and marked"):
            marked = [heading for heading in seen["machines"] if "contributed: stranger" in heading]
            self.assertTrue(any(HOSTILE in heading for heading in marked), marked)
            self.assertIn(HOSTILE, seen["contributed"]["origin"])
            self.assertIn(f"contributed: stranger ({HOSTILE})", seen["contributed"]["options"])
        with self.subTest("questions to begin with are answered"):
            answers = dict(seen["questions"])
            self.assertGreaterEqual(len(answers), 5)
            machines = answers["Do two experiments, or two machines, say the same?"]
            for part in ("L2 512 KiB", "L2 1 MiB", "both faster", "apart"):
                self.assertIn(part, machines)
            decided = answers["What can be decided, and what does each decision do?"]
            self.assertIn("lazy's 86.4", decided)
            self.assertNotIn("arena", decided)
        with self.subTest("a layout is found by what it does"):
            self.assertEqual(seen["meant"], ["fix4", "fix3", "outline+pathcomp"])


class Refused(unittest.TestCase):
    def test_results_that_are_not_there_are_one_line(self):
        with tempfile.TemporaryDirectory() as room:
            with self.assertRaisesRegex(command.Failure, "runs: no such directory: make results measures"):
                build.site(pathlib.Path(room))


    def test_libraries_that_cannot_be_fetched_are_one_line(self):
        with tempfile.TemporaryDirectory() as room:
            npm = pathlib.Path(room) / "npm"
            npm.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
            npm.chmod(0o755)
            done = make("-B", "-o", "build/packages-web", LIBRARIES, PATH=f"{room}:{os.environ['PATH']}")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stderr.splitlines()[0], "npm could not fetch the page's libraries"
                         " (web/package-lock.json); build/web/npm.log says why")


if __name__ == "__main__":
    unittest.main()
