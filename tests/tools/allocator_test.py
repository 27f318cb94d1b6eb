#!/usr/bin/env python3
"""tools/allocator.sh: from a name in experiments/allocators.conf to the library's path, on machines
that are made up of stubs for the tools it asks."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Debian, where apt-get puts what it installs into $ROOM/installed, one file for each package.
DEBIAN = {
    "uname": "echo Linux",
    "id": "echo ${FAKE_ID:-0}",
    "dpkg-query": """
for package; do :; done
[ -e "$ROOM/installed/$package" ] || exit 1
case $1 in
-W) echo 'install ok installed' ;;
*) cat "$ROOM/installed/$package" ;;
esac""",
    "apt-get": """
echo "apt-get $*" >>"$ROOM/calls"
[ -n "${NETWORK-}" ] || exit 100
for package; do
    [ "$package" = libswift2 ] && echo "$ROOM/lib/libswift.so.2" >"$ROOM/installed/$package"
    [ "$package" = libempty1 ] && echo "$ROOM/lib/libother.so.2" >"$ROOM/installed/$package"
done
exit 0""",
}
# macOS with Homebrew, likewise.
MACOS = {
    "uname": "echo Darwin",
    "brew": """
case $1 in
--prefix) echo "$ROOM" ;;
list) [ -e "$ROOM/installed/$3" ] ;;
install) echo "brew $*" >>"$ROOM/calls"; [ "$2" = swift ] && : >"$ROOM/lib/libswift.dylib" ;;
esac""",
}
# No package manager at all, but a loader that has a list of libraries.
OTHER = {"uname": "echo Linux",
         "ldconfig": 'echo "	libswift.so.2 (libc6) => $ROOM/lib/libswift.so.2"'}
TABLE = """# NAME DEBIAN HOMEBREW LIBRARY

swift   libswift2  swift  libswift.so.2  # 2.0: fast
empty   libempty1  empty  libempty.so.1  # its package lacks the library
absent  libabsent3 absent libabsent.so.3
built   -          -      libbuilt.so
quick   =swift SWIFT=1 SIZE=2M  # with settings
quicker =quick SWIFT=2          # of which one holds against the other's
tuned   =glibc GLIBC_TUNABLES=glibc.malloc.hugetlb=1
round   =round
broken  -          -      libbroken.so
"""
MAKE = """
case $* in
*built-lib) mkdir -p build/built && : >build/built/libbuilt.so ;;
*) echo 'built.c:1: error: no' >&2; echo 'make: *** [Makefile:1: x] Error 1' >&2; exit 2 ;;
esac"""
# What every set has for Python.
USUAL = "pandas scipy statsmodels jinja2"
NEEDED = ["sh", "sed", "awk", "grep", "tail", "cat", "dirname", "env", "mkdir"]


class Resolver(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name).resolve()
        for name in ("bin", "installed", "lib", "tools", "experiments"):
            (self.room / name).mkdir()
        for name in ("allocator.sh", "packages.sh"):
            shutil.copy(ROOT / "tools" / name, self.room / "tools")
        (self.room / "experiments/allocators.conf").write_text(TABLE)
        for name in ("libswift.so.2", "libother.so.2"):
            (self.room / "lib" / name).write_text("it reads SWIFT and SIZE")
        for tool in NEEDED:
            (self.room / "bin" / tool).symlink_to(shutil.which(tool))
        self.stub("fakemake", MAKE)

    def stub(self, name, text):
        path = self.room / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def ask(self, name, machine, **more):
        for tool, text in machine.items():
            self.stub(tool, text)
        environment = {"PATH": str(self.room / "bin"), "ROOM": str(self.room), "MAKE": "fakemake"}
        return subprocess.run(["/bin/sh", "tools/allocator.sh", name], cwd=self.room, text=True,
                              capture_output=True, env={**environment, **more})

    def calls(self):
        path = self.room / "calls"
        return path.read_text() if path.exists() else ""

    def assert_found(self, done, path):
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, f"{self.room}/{path}\n", ""))

    def assert_refused(self, done, *says):
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for said in says:
            self.assertIn(said, done.stderr)

    def test_what_is_installed_is_found(self):
        (self.room / "installed/libswift2").write_text(
            f"{self.room}/lib/libswift.so.2.0\n{self.room}/lib/libswift.so.2\n")
        self.assert_found(self.ask("swift", DEBIAN), "lib/libswift.so.2")
        self.assertEqual(self.calls(), "")

    def test_what_is_missing_is_installed(self):
        self.assert_found(self.ask("swift", DEBIAN, NETWORK="1"), "lib/libswift.so.2")
        self.assertEqual(self.calls(), "apt-get install -y -q libswift2\n")

    def test_what_cannot_be_installed_is_named_with_its_package(self):
        self.assert_refused(self.ask("absent", DEBIAN), "ALLOC=absent: ", "libabsent3",
                            "run: apt-get update && apt-get install libabsent3")
        self.assertIn("apt-get update", self.calls())
        self.assert_refused(self.ask("swift", DEBIAN, FAKE_ID="1000"),
                            "ALLOC=swift: package libswift2",
                            "run as root: apt-get install libswift2")
        self.assert_refused(self.ask("empty", DEBIAN, NETWORK="1"),
                            "package libempty1 has no libempty.so.1")

    def test_unknown_names_are_told_the_known(self):
        for name in ("fast", "", "swift,absent", "libswift2", "s.*"):
            self.assert_refused(self.ask(name, DEBIAN), f"ALLOC={name}: not known; one of: glibc,"
                                " swift, empty, absent, built, quick, quicker, tuned, round, broken, or the"
                                " path of a library\n")
        self.assert_refused(self.ask("x", MACOS), "one of: system, swift")

    def test_macos(self):
        self.assert_found(self.ask("swift", MACOS), "lib/libswift.dylib")
        self.assertEqual(self.calls(), "brew install swift\n")
        self.assert_found(self.ask("swift", MACOS), "lib/libswift.dylib")
        self.assertEqual(self.calls(), "brew install swift\n")
        self.assert_refused(self.ask("absent", MACOS), "ALLOC=absent: package absent")

    def test_what_homebrew_has_not_for_python_is_in_an_environment_of_its_own(self):
        for name in ("pkg-config", "xxhash", "check", "sqlite", "jansson", "nettle", "pandoc",
                     "python-matplotlib"):
            (self.room / "installed" / name).touch()
        self.stub("python3", '''
echo "python3 $*" >>"$ROOM/calls"
[ "$2" = venv ] && mkdir -p "$4/bin" && /bin/cp "$ROOM/bin/python3" "$4/bin"''')
        self.ask("swift", MACOS)
        for words in (["figures"], ["notebooks"], ["paper"]):
            subprocess.run(["sh", "tools/packages.sh", *words], cwd=self.room, check=False,
                           env={"PATH": str(self.room / "bin"), "ROOM": str(self.room)})
        self.assertEqual(self.calls().splitlines()[1:], [
            "python3 -m venv --system-site-packages build/python",
            f"python3 -m pip install -q {USUAL}", f"python3 -m pip install -q {USUAL} nbconvert ipykernel",
            f"python3 -m pip install -q {USUAL}"])

    def test_without_a_package_manager_the_loader_is_asked(self):
        self.assert_found(self.ask("swift", OTHER), "lib/libswift.so.2")
        self.assert_refused(self.ask("absent", OTHER), "package libabsent3", "not a Debian")

    def test_what_is_built_here_is_built(self):
        self.assert_found(self.ask("built", DEBIAN), "build/built/libbuilt.so")
        self.assert_refused(self.ask("broken", DEBIAN), "cannot be built: built.c:1: error: no")


    def test_settings_stand_before_the_library(self):
        (self.room / "installed/libswift2").write_text(f"{self.room}/lib/libswift.so.2\n")
        for name, told in (("quick", "SWIFT=1 SIZE=2M "), ("quicker", "SWIFT=2 SIZE=2M ")):
            done = self.ask(name, DEBIAN)
            self.assertEqual(done.stdout.strip(), f"{told}{self.room}/lib/libswift.so.2", done.stderr)
        self.assertEqual(self.ask("tuned", DEBIAN).stdout,
                         "GLIBC_TUNABLES=glibc.malloc.hugetlb=1 /\n")
        self.assert_refused(self.ask("round", DEBIAN), "not known")

    def test_settings_that_set_nothing_are_refused(self):
        (self.room / "installed/libswift2").write_text(f"{self.room}/lib/libswift.so.2\n")
        with (self.room / "experiments/allocators.conf").open("a") as table:
            table.write("misspelt =swift SWFIT=1\nnot-there =glibc GLIBC_TUNABLES=glibc.malloc.hugetbl=1\n"
                        "second =glibc GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.arena_mx=1\n")
        self.assert_refused(self.ask("misspelt", DEBIAN), "ALLOC=misspelt: libswift.so.2 knows no variable SWFIT")
        for name, tunable in (("not-there", "hugetbl"), ("second", "arena_mx")):
            self.assert_refused(self.ask(name, DEBIAN), f"glibc.malloc.{tunable}=1 changes no tunable")


class Table(unittest.TestCase):
    def test_every_line_is_whole(self):
        for line in (ROOT / "experiments/allocators.conf").read_text().splitlines():
            text, _, why = line.partition("#")
            if text.strip():
                self.assertRegex(text, r"^[a-z0-9_+-]+ +=[a-z0-9_+-]+( +[A-Z_]+=\S+)* *$|"
                                 r"^[a-z0-9_-]+ +\S+ +\S+ +lib\S+\.so\S* +$")
                self.assertTrue(why.strip())


if __name__ == "__main__":
    unittest.main()
