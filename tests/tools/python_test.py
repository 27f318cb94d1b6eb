#!/usr/bin/env python3
"""Which Python is chosen, of made ones: scripts that run what they are told as if they had some
modules only."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALL = "matplotlib markdown nbconvert ipykernel capstone"
MADE = """#!{python} -S
import importlib.util, sys
importlib.util.find_spec = lambda name: name if name in {modules} else None
sys.version_info = {version}
code, sys.argv = sys.argv[2], ["-c", *sys.argv[3:]]
exec(code)
"""


class Choice(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name)

    def python(self, name, modules, version=(3, 11)):
        path = self.room / name
        path.write_text(MADE.format(python=sys.executable, modules=modules.split(), version=version))
        path.chmod(0o755)
        return str(path)

    def choose(self, *candidates, **environment):
        done = subprocess.run(["sh", ROOT / "tools/python.sh", *candidates], text=True,
                              capture_output=True, env={"PATH": "/usr/bin:/bin"} | environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.strip()

    def test_it_is_the_first_that_has_most(self):
        none, some = self.python("none", ""), self.python("some", "matplotlib markdown")
        every, other = self.python("every", ALL), self.python("other", ALL)
        self.assertEqual(self.choose(none, some, every, other), every)
        self.assertEqual(self.choose(none, some), some)
        self.assertEqual(self.choose(none, self.python("none2", "")), none)

    def test_what_cannot_run_is_passed_over(self):
        old = self.python("old", ALL, version=(3, 8))
        none = self.python("none", "")
        self.assertEqual(self.choose("/nonexistent/python3", "/bin/false", old, none), none)
        self.assertRegex(self.choose("/nonexistent/python3", old),
                         f"^error: none of /nonexistent/python3 {old} is .* PYTHON=path$")

    def test_the_one_that_is_named_is_taken_or_refused_by_name(self):
        none, every = self.python("none", ""), self.python("every", ALL)
        self.assertEqual(self.choose(every, PYTHON=none), none)
        self.assertRegex(self.choose(every, PYTHON="/bin/false"), "^error: PYTHON=/bin/false: ")

    def test_make_follows_it_and_nothing_names_another(self):
        named = self.room / "named"
        named.write_text(f'#!/bin/sh\necho "$0" "$3" >>{self.room}/log\nexec {sys.executable} "$@"\n')
        named.chmod(0o755)
        done = subprocess.run(["make", "-s", f"PYTHON={named}", "counts"], cwd=ROOT, text=True,
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{named} lab\n", (self.room / "log").read_text())
        hidden = subprocess.run(["git", "grep", "-l", "--untracked", "/usr/bin/" + "python3", "--", "Makefile",
                                 "tools", "tests", "notebooks", "experiments"], cwd=ROOT, text=True,
                                stdout=subprocess.PIPE).stdout.split()
        self.assertEqual(hidden, ["tools/packages.sh", "tools/python.sh"])


if __name__ == "__main__":
    unittest.main()
