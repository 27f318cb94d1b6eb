#!/usr/bin/env python3
"""A campaign shard by shard on this machine: it gives what one runner gives; what is missing is measured and nothing
else; blocks are added in waves until a goal is reached; cells that fail are shown, and tried again."""
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import chaos  # noqa: E402
from lab.campaign import directory  # noqa: E402

PLAN = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000 REPS=3 SAMPLES=2\n"
# A map that dies while a file is there.
FRAIL = """\
/* hamt.c (frail) - the reference, which dies as long as a file is there. */
#include <stdlib.h>
#include <unistd.h>
#define hamt_create hamt_create_good
#include "{reference}"
#undef hamt_create
struct hamt *hamt_create(const struct hamt_config *config) {{
    if (access("{file}", F_OK) == 0)
        abort();
    return hamt_create_good(config);
}}
"""


class Local(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.built = pathlib.Path(room.name) / "first"
        out, status = cls.measure(cls.built, PLAN)
        assert status == 0, out

    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)
        self.campaign = self.room / "campaign"

    @staticmethod
    def measure(campaign, plan, *settings):
        """(what `make campaign` says, its exit status)."""
        process = chaos.make(campaign, plan, *settings)
        return process.communicate(timeout=600)[0], process.returncode

    def with_programs(self):
        """The programs of the first campaign, so that they are not built again."""
        shutil.copytree(self.built / "here" / "tree", self.campaign / "here" / "tree", symlinks=True)

    def ask(self, sql):
        connection = sqlite3.connect(self.campaign / "store.sqlite")
        self.addCleanup(connection.close)
        return connection.execute(sql).fetchall()

    def whole(self, wave=1):
        return {path.name: path.stat().st_mtime_ns
                for path in (self.campaign / "here" / "waves" / str(wave) / "whole").iterdir()}

    def test_it_gives_what_one_runner_gives(self):
        alone = chaos.compare(self, self.built, self.room)
        self.assertEqual(len(alone["run"]), 12)
        out, status = self.measure(self.built, PLAN)
        self.assertEqual(status, 0, out)
        self.assertNotIn("shards", out)
        self.assertIn("finished", out)

    def test_only_what_is_missing_is_measured(self):
        self.with_programs()
        self.assertEqual(self.measure(self.campaign, PLAN, "BLOCKS=2")[1], 0)
        before = self.whole()
        self.assertEqual(sorted(before), ["1.sqlite", "2.sqlite", "3.sqlite"])
        runs = self.ask("SELECT count(*) FROM run")
        (self.campaign / "here" / "waves" / "1" / "whole" / "2.sqlite").unlink()
        (self.campaign / "store.sqlite").unlink()
        out, status = self.measure(self.campaign, PLAN, "BLOCKS=2")
        self.assertEqual(status, 0, out)
        after = self.whole()
        self.assertEqual({name for name in after if after[name] != before[name]}, {"2.sqlite"})
        self.assertEqual(self.ask("SELECT count(*) FROM run"), runs)

    def test_interrupted_it_goes_on_with_the_shard(self):
        self.with_programs()
        plan = PLAN.replace("REPS=3", "REPS=100")
        process = chaos.make(self.campaign, plan, "BLOCKS=1000")
        def runs():
            found = list((self.room / "disk").glob("hamtlab-*-here-1-1/shard.sqlite"))
            if not found:
                return 0
            connection = sqlite3.connect(found[0])
            try:
                return connection.execute("SELECT count(*) FROM run").fetchone()[0]
            except sqlite3.OperationalError:
                return 0
            finally:
                connection.close()
        end = time.monotonic() + 300
        while runs() < 5:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        out = process.communicate(timeout=60)[0]
        self.assertNotEqual(process.returncode, 0)
        had = runs()
        self.assertGreater(had, 4)
        out, status = self.measure(self.campaign, plan, "BLOCKS=1000")
        self.assertEqual(status, 0, out)
        self.assertRegex(out, rf"going on with experiment \S+: {had} of 400 runs are good")
        self.assertEqual(self.ask("SELECT count(*), count(DISTINCT slot) FROM run WHERE status = 'ok'"), [(400, 400)])

    def test_blocks_are_added_in_waves_until_it_is_decided(self):
        self.with_programs()
        plan = "VARIANTS=list,lazy OPS=put,get PATTERNS=shuffled SCALES=1000 REPS=4 SAMPLES=2 DECIDE=2%\n"
        out, status = self.measure(self.campaign, plan, "BLOCKS=3")
        self.assertEqual(status, 0, out)
        waves = directory.Campaign(self.campaign).kinds()[0].waves()
        self.assertGreaterEqual(len(waves), 2)
        (name, settings, planned, status), = self.ask("SELECT id, settings, planned, status FROM experiment")
        self.assertEqual(status, "finished")
        rounds = [list(map(int, reps.split("+"))) for reps in re.findall(r"REPS=(\S+)", settings)]
        self.assertEqual([len(each) for each in rounds], [len(waves)] * 2)
        self.assertEqual(planned, 2 * sum(map(sum, rounds)))
        self.assertEqual(self.ask("SELECT count(*) FROM run WHERE status = 'ok'"), [(planned,)])
        self.assertEqual(self.ask("SELECT max(slot) + 1 FROM run"), [(planned,)])
        for wave in waves[1:]:  # each wave has its own runs, and no others
            own = sqlite3.connect(wave.whole(1)).execute("SELECT min(slot) FROM run").fetchone()[0]
            self.assertGreaterEqual(own, wave.first)
        self.assertIn("confidence sequence", " ".join(out.split()))
        self.assertIn(name, out)

    def test_cells_that_fail_are_shown_and_tried_again(self):
        file, variant = self.room / "stone", self.room / "frail"
        variant.mkdir()
        file.touch()
        (variant / "hamt.c").write_text(FRAIL.format(reference=chaos.ROOT / "variants/reference/hamt.c", file=file))
        self.with_programs()
        plan = f"VARIANTS={variant},lazy OPS=put PATTERNS=shuffled SCALES=1000 REPS=2 SAMPLES=1\n"
        out, status = self.measure(self.campaign, plan, "BLOCKS=1")
        self.assertEqual(status, 2, out)
        self.assertIn("cells have failed in 2 of 2 shards that are missing", out)
        self.assertEqual(self.ask("SELECT status, count(*) FROM run GROUP BY 1"), [("crash", 2), ("ok", 2)])
        file.unlink()
        out, status = self.measure(self.campaign, plan, "BLOCKS=1")
        self.assertEqual(status, 0, out)
        self.assertEqual(self.ask("SELECT status, count(*) FROM run GROUP BY 1"), [("ok", 4)])

    def test_what_makes_no_sense_is_told_in_one_line(self):
        site = self.room / "wrong.conf"
        for settings, text, told in (
                (["ON=cloud"], "", "ON=cloud: not known; one of: local, slurm"),
                (["ON=slurm", f"SITE={site}x"], "", "there is no such file"),
                (["ON=slurm", f"SITE={site}"], "[task]\n", "[task]: not known; one of: measure, build, merge, kinds"),
                (["ON=slurm", f"SITE={site}"], "[measure]\narray = 3\n", "array: is not an option of sbatch"),
                (["ON=slurm", f"SITE={site}"], "[kinds]\n../x = a=b\n", "[kinds] ../x: is not a name for a kind"),
                (["ON=slurm", f"SITE={site}"], "[kinds]\n", f"SITE={site}: [kinds]: names no kind of machine"),
                (["ON=slurm", f"SITE={site}"], "[kinds]\nlogs = a=b\n", "[kinds] logs: is not a name for a kind"),
                (["ON=slurm", f"SITE={site}"], "partition = x\n", "no section headers"),
                (["SHARD=1/2"], "", "SHARD and DRY: not with a campaign"),
                (["SCALES=many"], "", "SCALES=many")):
            with self.subTest(told=told):
                site.write_text(text)
                out, status = self.measure(self.campaign, PLAN.replace("SCALES=1000 ", ""), *settings)
                self.assertEqual(status, 2, out)
                self.assertIn(told, out)
                self.assertEqual(len([line for line in out.splitlines() if not line.startswith("make: ***")]), 1, out)
        out, status = self.measure(self.campaign, PLAN, "LD_PRELOAD=/nothing.so")
        self.assertEqual(status, 2)
        self.assertIn("ALLOC=/nothing.so: there is no such library", out)
        out, status = self.measure(self.built, PLAN.replace("REPS=3", "REPS=4"))
        self.assertEqual(status, 2)
        self.assertIn("was begun with another plan; name another directory", out)
        out, status = self.measure(self.built, PLAN, "BUDGET=10m")
        self.assertEqual(status, 2)
        self.assertIn("was begun with BUDGET=1h, not BUDGET=10m; name another directory", out)


if __name__ == "__main__":
    unittest.main()
