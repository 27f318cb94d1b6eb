#!/usr/bin/env python3
"""A package that is missing and cannot be installed ends what needs it with one line, which says what to run."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_THERE = "exit 1"
NOISE = "echo 'E: no such thing' >&2\necho Reading\nexit 100"


class Missing(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)

    def told(self, *command, only=False, **programs):
        """The last line, where programs of these names do this; `only` they are there, and a few of the system's."""
        for name, text in programs.items():
            path = self.room / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        for name in ("sh", "sed", "tr", "grep") if only else ():
            (self.room / name).symlink_to(shutil.which(name))
        done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True,
                              env=os.environ | {"PATH": f"{self.room}{'' if only else ':' + os.environ['PATH']}"})
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr.strip()

    def documents(self, **more):
        return self.told("sh", "tools/packages.sh", "documents", uname="echo Linux", **more)

    def test_where_apt_get_fails(self):
        told = self.documents(dpkg_query=NOT_THERE, apt_get=NOISE, id="echo 0")
        self.assertRegex(told, "^could not install; run: apt-get update && apt-get install .*mandoc")

    def test_where_nobody_may_install(self):
        told = self.documents(only=True, dpkg_query=NOT_THERE, id="echo 1000")
        self.assertRegex(told, "^missing packages; run as root: apt-get install .*mandoc")

    def test_where_there_is_no_apt_get(self):
        told = self.documents(only=True, id="echo 1000")
        self.assertRegex(told, "^not a Debian: .*mandoc; then: mkdir -p build && touch build/packages-documents$")


if __name__ == "__main__":
    unittest.main()
