#!/usr/bin/env python3
"""lint finds a fault of each kind, in a small tree that has one of each."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ("clang-format", "clang", "cppcheck", "shellcheck", "codespell")
# The variants of fix4, and no other compositions.
KEPT = ("list", "inline", "growpool", "exact", "single", "pathcomp", "sizes", "tagged", "freelist")
FAULTS = {
    "experiments/leak.c": ("#include <stdlib.h>\n\nint main(int argc, char **argv) {\n    char *room = malloc(9);\n"
                           "    (void)argv;\n    return argc;\n}\n", r"Memory leak: room"),
    "experiments/unused.c": ("static int nobody;\n\nint main(void) {\n    return 0;\n}\n",
                             r"unused variable 'nobody'"),
    "experiments/crooked.c": ("int main(void) { return 0;\n}\n",
                              r"crooked\.c:1:\d+: error: code should be clang-formatted"),
    "tools/quotes.sh": ("#!/bin/sh\nls $1\n", r"SC2086"),
    "tools/wide.py": (f"# {'x' * 119}\n", r"wide\.py:1: it has more than 120 columns"),
    "tools/idle.py": ("import os\n", r"idle\.py:1:1:? 'os' imported but unused"),
    "page.md": ("It is t\x65h same.\n", r"page\.md:1: t\x65h ==> the"),
}


@unittest.skipUnless(all(map(shutil.which, TOOLS)), "lint's tools are not installed: make build/packages-lint")
class Lint(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.tree = pathlib.Path(room.name)
        for name in ("tools", "common/trie", "common/map", "common/key", "common/hash/xxh3", "peers/absl",
                     *(f"variants/{name}" for name in KEPT)):
            shutil.copytree(ROOT / name, self.tree / name)
        for name in (".clang-format", ".codespellrc", ".ci/run", "common/hamt.h", "common/inside.h", "common/mem.h",
                     "common/random.h", "common/versions.h", "common/xxh3_inverse.h", "experiments/lineups.conf",
                     "notebooks/lab/command.py"):
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.tree / name)
        for name in ("common/superslab", "tests"):
            (self.tree / name).mkdir()
            (self.tree / name / "good.c").write_text("int main(void) {\n    return 0;\n}\n")
        subprocess.run(["git", "init", "-q"], cwd=self.tree, check=True)

    def lint(self):
        done = subprocess.run(["sh", "tools/lint.sh"], cwd=self.tree, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def test_a_fault_of_each_kind_is_found(self):
        for name, (text, _) in FAULTS.items():
            (self.tree / name).write_text(text)
        status, told = self.lint()
        self.assertEqual(status, 1)
        for name, (_, complaint) in FAULTS.items():
            self.assertRegex(told, complaint)
            self.assertIn(pathlib.Path(name).name, told)
        self.assertNotIn("nothing to complain about", told)

    def test_a_tree_without_faults_passes(self):
        (self.tree / "tools/fits.py").write_text(f"# {'é' * 118}\n# https://example.org/{'x' * 119}\n",
                                                 encoding="utf-8")
        self.assertEqual(self.lint(), (0, "lint: nothing to complain about\n"))


if __name__ == "__main__":
    unittest.main()
