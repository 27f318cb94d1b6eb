#!/usr/bin/env python3
"""What a campaign takes along: the sources as they are, whatever git is told to show; paths that mean the same where
its jobs run; and a room on the machine's disk that is nobody else's."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
from lab.campaign import asked, directory, gather, slurm, sources, task  # noqa: E402
from lab.command import Failure  # noqa: E402

# What a user's git may be told, of which each would spoil a patch.
UNUSUAL = ("[diff]\n external = false\n noprefix = true\n renames = copies\n[color]\n ui = always\n"
           "[core]\n hooksPath = {0}\n quotePath = true\n")


class InRoom(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)


class Sources(InRoom):
    def setUp(self):
        super().setUp()
        self.root, self.tree = self.room / "root", self.room / "kind" / "tree"
        self.tree.parent.mkdir()
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ |= {"GIT_CONFIG_GLOBAL": str(self.room / "config"), "GIT_AUTHOR_NAME": "a",
                       "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
        for name in ("kept", "changed", "gone", "directory/one", "file", "results/x"):
            self.write(name, name)
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "all")

    def write(self, name, text):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def git(self, *words, where=None):
        return subprocess.run(["git", *words], cwd=where or self.root, check=True, capture_output=True,
                              text=True).stdout

    def test_the_copy_is_what_is_there_whatever_git_shows(self):
        hooks = self.room / "hooks"
        hooks.mkdir()
        (hooks / "post-checkout").write_text("#!/bin/sh\nexit 1\n")
        (hooks / "post-checkout").chmod(0o755)
        (self.room / "config").write_text(UNUSUAL.format(hooks))
        self.write("changed", "\0binary\n")
        (self.root / "gone").unlink()
        (self.root / "directory" / "one").unlink()
        (self.root / "directory").rmdir()
        (self.root / "directory").symlink_to("kept")
        (self.root / "file").unlink()
        self.write("file/inside", "x")
        self.write("with blank and \u00e4", "x")
        self.write("staged", "x")
        self.git("add", "staged")
        (self.root / "changed").chmod(0o755)
        (self.root / "elsewhere").symlink_to("/nowhere")
        sources.snapshot(self.tree, self.root)
        self.assertEqual(sorted(os.listdir(self.tree)), sorted({*os.listdir(self.root), "build"} - {"results"}))
        for name in ("changed", "file/inside", "with blank and \u00e4", "staged"):
            self.assertEqual((self.tree / name).read_bytes(), (self.root / name).read_bytes(), name)
        self.assertTrue(os.access(self.tree / "changed", os.X_OK))
        self.assertEqual([os.readlink(self.tree / name) for name in ("directory", "elsewhere")], ["kept", "/nowhere"])
        (self.room / "config").write_text("")
        differs = [self.git("diff", "--binary", "HEAD", "--", ".", ":(exclude)results", where=where)
                   for where in (self.root, self.tree)]
        self.assertEqual(*differs)

    def test_what_the_copy_would_lack_is_refused(self):
        self.git("init", "-q", "nested")
        self.write("nested/x", "x")
        with self.assertRaisesRegex(Failure, "^nested/: is a git repository of its own"):
            sources.snapshot(self.tree, self.root)
        (self.root / ".gitignore").write_text("nested/\n")
        (self.root / "link").symlink_to("../outside")
        with self.assertRaisesRegex(Failure, "^link: is a link that leads out of the tree"):
            sources.snapshot(self.tree, self.root)
        self.assertEqual(os.listdir(self.tree.parent), [])

    def test_paths_mean_the_same_where_jobs_run(self):
        (self.root / ".gitignore").write_text("build/\n")
        for name in ("words.txt", "build/words.txt", "mine/x.h"):
            self.write(name, "x")
        outside = str(self.room / "other")
        for given, expected in (("words.txt", "./words.txt"), ("mine", "./mine"), (f"{self.root}/mine", "./mine"),
                                ("../other", outside), (outside, outside),
                                ("build/words.txt", f"{self.root}/build/words.txt"),
                                ("results/x", f"{self.root}/results/x")):
            self.assertEqual(asked.lasting(given, self.root), expected)
        inside = "./variants/list"
        above = str(ROOT.parent / "some")
        self.assertEqual(asked.options_of("--variants '../some+lazy,variants/list' --keys ../k --plan p")[1],
                         {"variants": f"{above}+lazy,{inside}", "keys": str(ROOT.parent / "k")})
        plan = self.room / "plan"
        plan.write_text("# VARIANTS=../x\nOPS=put KEYS=../some VARIANTS=../some,list # KEYS=../x\n")
        self.assertEqual(asked.lasting_plan(plan), f"\nOPS=put KEYS={above} VARIANTS={above},list \n")


class Room(InRoom):
    def test_it_is_nobody_elses(self):
        room = self.room / "x"
        for _ in range(2):
            task.enter(room)
        self.assertEqual(room.stat().st_mode & 0o777, 0o700)
        open_, link = self.room / "open", self.room / "link"
        open_.mkdir()
        open_.chmod(0o777)
        link.symlink_to(room)
        others = [open_, link]
        if os.geteuid() == 0:
            others.append(self.room / "another")
            others[-1].mkdir(mode=0o700)
            os.chown(others[-1], 1, 1)
        for path in others:
            with self.assertRaisesRegex(Failure, f"^{path}: is there, and not as a directory of this user's alone"):
                task.enter(path)


class Environment(InRoom):
    def test_a_job_has_that_of_its_submitter_and_needs_no_login_shell(self):
        told, sbatch = self.room / "told", self.room / "sbatch"
        sbatch.write_text(f'#!/bin/sh\necho "$PYTHONPATH $*" >{told}\necho 7\n')
        sbatch.chmod(0o755)
        directory.write(self.room / "campaign.json", {"name": "x"})
        before = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", before)
        os.environ["PATH"] = f"{self.room}{os.pathsep}{before}"
        kind = directory.Kind(self.room / "kind")
        self.assertEqual(slurm.Slurm(kind.campaign).sbatch(kind, [], "kit"), "7")
        self.assertRegex(told.read_text(), "^notebooks .* --export=ALL ")


class Waves(InRoom):
    def test_a_wave_that_failed_whole_is_not_submitted_again_and_again(self):
        """By the merge after it, that is: nobody may be watching."""
        second = directory.Wave(self.room / "2", 0, 2)
        second.path.mkdir()
        kind = mock.Mock(**{"waves.return_value": [second], "built.return_value": None})
        campaign = mock.Mock(**{"kinds.return_value": [kind]})
        self.assertTrue(gather.gather(campaign))
        second.submitted.touch()
        self.assertFalse(gather.gather(campaign))


class ByName(unittest.TestCase):
    def test_a_difference_is_told_as_make_takes_it(self):
        before = {"on": "local", "blocks": 8, "against": [], "budget": 600, "kinds": ["here"],
                  "options": {"variants": "list,lazy", "parameters": "pool_slots=64"}}
        for change, told in (({"on": "slurm"}, "with ON=local, not ON=slurm"),
                             ({"budget": 3600}, "with BUDGET=10m, not BUDGET=1h"),
                             ({"against": ["list"]}, "with no AGAINST, not AGAINST=list"),
                             ({"options": {"variants": "list"}}, "with VARIANT=list,lazy, not VARIANT=list"),
                             ({"options": {"variants": "list,lazy"}}, "with POOL_SLOTS=64, not no POOL_SLOTS"),
                             ({}, None)):
            self.assertEqual(asked.difference(before, before | change), told)


if __name__ == "__main__":
    unittest.main()
