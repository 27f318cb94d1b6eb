#!/usr/bin/env python3
"""What is taken home: a composition as one header, and as an installed library.  The shared suite runs on such
headers as build/test/single/...; here is what a program sees of them that drops one in."""
import itertools
import os
import pathlib
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import single  # noqa: E402

HERE = ROOT / "tests" / "single"
CC = shlex.split(os.environ.get("CC") or "cc")
C, CXX = ["-std=c17", "-x", "c"], ["-std=c++17", "-x", "c++"]
COMPILERS = [compiler for compiler in ("gcc", "clang") if shutil.which(compiler)]
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Werror".split()
SANITIZERS = "-g1 -fsanitize=address,undefined -fno-sanitize-recover=all".split()
HASH = "xxh3_alone"
TOLD = {"u64": "12 * 12 = 144\n999 others, in sum 333833356\n", "str": "4 words, at most 3 times\n"}
NAMES = {"u64": "champion", "str": "champion_str"}
# Headers that compilers for other machines have, too.
HAS = {"<emmintrin.h>": "defined __SSE2__", "<arm_neon.h>": "defined __ARM_NEON"}
MACOS = sys.platform == "darwin"


def run(*command, **more):
    return subprocess.run([str(word) for word in command], text=True, capture_output=True, cwd=ROOT, **more)


class Room(unittest.TestCase):
    """A directory with both headers, and what compiles there."""

    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.room = pathlib.Path(room.name)
        cls.made = {key: single.Single("champion", key, HASH) for key in NAMES}
        for key, made in cls.made.items():
            (cls.room / f"{NAMES[key]}.h").write_text(made.header())

    def done(self, *command, **more):
        result = run(*command, **more)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def file(self, name, text):
        (self.room / name).write_text(text)
        return self.room / name

    def built(self, *words):
        self.done(*CC, f"-I{self.room}", *words, "-o", self.room / "program")
        return self.room / "program"


class Header(Room):
    def test_the_same_tree_gives_the_same_bytes(self):
        texts = {run(sys.executable, "tools/single.py", "header", "champion", "u64", HASH,
                     env=os.environ | {"PYTHONHASHSEED": seed}).stdout for seed in "12"}
        self.assertEqual(texts, {(self.room / "champion.h").read_text()})

    def test_it_says_what_it_is(self):
        head = (self.room / "champion_str.h").read_text()[:3000]
        for told in ("champion of hamtlab " + single.version(), "SPDX-License-Identifier: MIT", HASH,
                     "apart+strides+kept+vector+directory+onward+either", self.made["str"].digest()):
            self.assertIn(told, head)

    def test_its_digest_is_that_of_its_sources(self):
        before = self.made["u64"].digest()
        self.assertNotEqual(before, self.made["str"].digest())
        self.assertNotEqual(before, single.Single("champion", "u64", "murmur3").digest())
        self.assertEqual(before, single.Single("champion", "u64", HASH, "map").digest())

    def test_another_name_is_the_same_header(self):
        as_map = single.Single("champion", "u64", HASH, "map").header()
        ours = re.sub(r"\bchampion(?= of hamtlab)", "@", (self.room / "champion.h").read_text())
        ours = ours.replace("champion", "map").replace("CHAMPION", "MAP").replace("@", "champion")
        self.assertEqual(as_map, ours)

    def test_it_has_the_contracts_of_the_parts(self):
        text = (self.room / "champion.h").read_text()
        for contract in ("champion_in_block_alloc    a block of at least", "champion_in_root_wanted  the depth that"):
            self.assertIn(contract, text)

    def test_no_compiler_warns(self):
        ways = {"declared": "", "all": "#define {0}_IMPLEMENTATION\n", "no mmap":
                "#define {0}_NO_MMAP\n#define {0}_IMPLEMENTATION\n", "inline":
                '#define {0}_API static inline\n#define {0}_IMPLEMENTATION\n'}
        for way, defines in ways.items():
            text = "".join(defines.format(name.upper()) for name in NAMES.values())
            text += "".join(f'#include "{name}.h"\n' for name in NAMES.values())
            source = self.file("user", text + "int main(void) { return 0; }\n")
            for compiler in COMPILERS:
                for language in (C, CXX):
                    with self.subTest(way, compiler=compiler, language=language[0]):
                        self.done(compiler, *language, *WARNINGS, "-O2", "-fsyntax-only", source)

    def test_the_programs_own_names_are_its_own(self):
        """Of macros what is left behind, and of functions and objects everything, begins with the name."""
        ours = '#define CHAMPION_IMPLEMENTATION\n#include "champion.h"\n'
        systems = "".join(f"#if {HAS.get(name, f'__has_include({name})')}\n#include {name}\n#endif\n"
                          for name in self.made["u64"].systems)
        macros = [set(re.findall(r"^#define (\w+)", self.done(*CC, "-D_DEFAULT_SOURCE", "-dM", "-E",
                                                             self.file("user.c", text)), re.M))
                  for text in (ours, systems)]
        self.assertEqual(macros[0] - macros[1],
                         {"CHAMPION_IMPLEMENTATION", "CHAMPION_IMPLEMENTED", "CHAMPION_H", "CHAMPION_API"})
        # No function is left out by a compiler that may not know that nobody else calls it.
        source = self.file("user.c", f"{systems}#define static\n#define inline\n{ours}")
        self.done(*CC, "-w", "-O0", "-D_DEFAULT_SOURCE", "-c", source, "-o", self.room / "user.o")
        symbols = re.findall(r"[\da-f]+ [A-Za-z] _?([A-Za-z]\w+)", self.done("nm", self.room / "user.o"))
        self.assertGreater(len(symbols), 100)
        self.assertEqual([name for name in symbols if not name.lower().startswith("champion_")], [])
        text = self.made["u64"].inside + self.made["u64"].public
        tags = re.findall(r"^(?:struct|enum|union) (\w+)", text, re.M)
        types = re.findall(r"^typedef .*?\b\*?(\w+)(?:\(.*)?;", text, re.M)
        self.assertGreater(len(tags) + len(types), 20)
        self.assertEqual([name for name in tags + types if not re.match("champion(_|$)", name)], [])

    def test_its_example_runs(self):
        for key, made in self.made.items():
            self.assertIn("\n".join(f" *     {line}".rstrip() for line in made.example().splitlines()),
                          (self.room / f"{NAMES[key]}.h").read_text())
            source = self.file("example", made.example())
            for language in (C, CXX):
                with self.subTest(key, language=language[0]):
                    told = self.done(self.built(*language, *WARNINGS, *SANITIZERS, source))
                    self.assertEqual(told[-len(TOLD[key]):], TOLD[key])

    def test_two_files_in_either_language_share_both_maps(self):
        for one, other in ((C, C), (CXX, C), (C, CXX), (CXX, CXX)):
            with self.subTest(one=one[0], other=other[0]):
                for language, name in ((one, "program"), (other, "other")):
                    self.done(*CC, *language, "-O1", f"-I{self.room}", "-c", HERE / f"{name}.c", "-o",
                              self.room / f"{name}.o")
                self.done(self.built(self.room / "program.o", self.room / "other.o"))

    def test_strict_c_after_a_header_of_the_system_is_told_what_to_define(self):
        source = self.file("late.c", '#include <stdio.h>\n#define CHAMPION_IMPLEMENTATION\n#include "champion.h"\n')
        told = run(*CC, "-std=c17", "-fsyntax-only", source)
        self.assertNotEqual(told.returncode, 0)
        self.assertIn("define _DEFAULT_SOURCE before the first header", told.stderr)
        for flag in ("-std=gnu17", "-D_DEFAULT_SOURCE", "-DCHAMPION_NO_MMAP"):
            self.done(*CC, "-std=c17", flag, "-fsyntax-only", source)

    def test_memory_comes_by_all_three_functions_or_by_malloc(self):
        for given in ("MALLOC", "REALLOC", "FREE", "MALLOC REALLOC", "REALLOC FREE"):
            defines = "".join(f"#define CHAMPION_{name}\n" for name in given.split())
            source = self.file("late.c", f'{defines}#define CHAMPION_IMPLEMENTATION\n#include "champion.h"\n')
            with self.subTest(given):
                told = run(*CC, *C, "-fsyntax-only", source)
                self.assertEqual(re.findall("error: (.*)", told.stderr.replace("#error ", "")),
                                 ["define all of CHAMPION_MALLOC, CHAMPION_REALLOC and CHAMPION_FREE, or none of them"])

    def test_other_compositions_compile_as_they_say(self):
        for spec in ("compact", "fix4", "reference", "fix4+refcount", "uncounted+stamped"):
            made = single.Single(spec, "u64", HASH, "other")
            source = self.file("late.c", f"#define OTHER_IMPLEMENTATION\n{made.header()}")
            with self.subTest(spec):
                self.done(*CC, *C, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", source)
                told = run(*CC, *CXX, "-fsyntax-only", source)
                self.assertEqual("this map is written in C" in told.stderr, spec != "compact", told.stderr)
                self.assertEqual(told.returncode == 0, spec == "compact")

    def test_every_part_of_the_bucket_trie_is_cxx_too(self):
        family = single.compose.Composition("champion").family
        for name in single.compose.cover(family, 1):
            composition = single.compose.Composition(name)
            with self.subTest(name):
                self.done(*CC, *CXX, "-w", "-fsyntax-only", *composition.flags("u64", HASH).split(),
                          composition.source(), composition.versions())

    @unittest.skipUnless(platform.machine() == "x86_64", "only there compilers have -m32")
    def test_addresses_may_have_32_bits(self):
        """With -mx32 integers of 64 bits are aligned for more than pointers are, as on 32-bit ARM."""
        (self.room / "gnu").mkdir()
        for name in ("stubs-32.h", "stubs-x32.h"):  # all that the C library's headers lack
            self.file(f"gnu/{name}", "")
        systems = ["-isystem", f"/usr/include/{sysconfig.get_config_var('MULTIARCH')}", "-isystem", self.room]
        covers = (single.compose.cover(family, 1) for family in single.compose.families())
        for name in [*itertools.chain(*covers), "champ"]:
            composition = single.compose.Composition(name)
            for width in ("-m32", "-mx32"):
                with self.subTest(name, width=width):
                    self.done(*CC, *C, width, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", *systems,
                              *composition.flags("u64", HASH).split(), composition.source(), composition.versions())

    def test_a_hash_that_will_not_do_is_told_by_the_compiler(self):
        made = single.Single("compact", "u64", "siphash")
        told = run(*CC, *C, "-fsyntax-only", self.file("late.c", f"#define COMPACT_IMPLEMENTATION\n{made.header()}"))
        self.assertIn("quotients need a HASH that has an inverse", told.stderr)

    @unittest.skipUnless(shutil.which("valgrind"), "valgrind is missing, which counts instructions")
    def test_it_takes_as_many_instructions_as_the_tree_s(self):
        """Of 20,000 puts and gets each, counted by callgrind.  Either is one unit to the compiler: else it inlines
        other functions."""
        for key in NAMES:
            made = single.Single("champion", key, HASH, "hamt")
            (self.room / "single").mkdir(exist_ok=True)
            (self.room / "single/hamt.h").write_text(made.header())
            composition = made.composition
            tree = "".join(f'#include "{ROOT / path}"\n' for path in (composition.source(), composition.versions()))
            counts = [self.counted(key, tree, *composition.flags(key, HASH).split()),
                      self.counted(key, '#define HAMT_IMPLEMENTATION\n#include "hamt.h"\n', f"-I{self.room}/single")]
            with self.subTest(key):
                self.assertEqual(*counts)
                self.assertGreater(counts[0], 40000)

    def counted(self, key, maps, *flags):
        program = self.room / "work"
        self.done(*CC, "-std=c17", "-O3", "-DNDEBUG", "-D_DEFAULT_SOURCE", "-gdwarf-4",
                  *(["-DWORK_STR"] if key == "str" else []), *flags, HERE / "work.c", self.file("maps.c", maps),
                  "-o", program)
        done = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=puts_counted",
                   "--toggle-collect=gets_counted", program)
        self.assertEqual(done.stdout, "20000 1\n", done.stderr)
        return int(re.search(r"Collected : (\d+)", done.stderr)[1])


class Nonsense(unittest.TestCase):
    def test_it_is_told_in_one_line(self):
        for said, told in ((["VARIANT=nosuch"], "no such variant"), (["NAME=9x"], "wanted letters and digits"),
                           (["NAME=a__b"], "wanted letters and digits"), (["NAME=a-b"], "wanted letters and digits"),
                           (["NAME=int"], "a word of C"), (["VARIANT=uthash"], "another library's map"),
                           (["HASH=nosuch"], "not known"), (["PREFIX=a b"], "may not contain blanks")):
            done = run("make", "-s", *said, "single")
            with self.subTest(said[-1]):
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(told, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


class Paths(unittest.TestCase):
    """Each header has a path of its own, whatever make is asked for beside it and whoever set a variable."""
    def told(self, *words, **environment):
        done = run("make", "-s", *words, env=os.environ | environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split()

    def test_a_target_has_one_meaning(self):
        either = [f"build/single/champion/{HASH}/{key}/{NAMES[key]}.h" for key in ("u64", "str")]
        self.assertEqual(self.told("champion.h", "champion_str.h", VARIANT="compact", NAME="odd"), either)
        self.assertEqual(self.told("single", VARIANT="compact", NAME="odd"),
                         [f"build/single/compact/{HASH}/u64/compact.h"])
        self.assertEqual(self.told("single", "champion.h"), [*reversed(either), either[0]])

    def test_a_name_may_end_as_those_of_strings_do(self):
        for key, name in (("u64", "a_str"), ("str", "a_str_str")):
            path = f"build/single/champion/{HASH}/{key}/{name}.h"
            self.assertIn(path, self.told("NAME=a_str", "single"))
            text = (ROOT / path).read_text()
            self.assertEqual(set(re.findall(r"\bstruct (a_str\w*) \*a\w*_create\(", text)), {name})
        removed = self.told("-n", "NAME=a_str", "VARIANT=compact", "uninstall")
        self.assertIn("/usr/local/lib/liba_str.a", removed)

    def test_one_that_begins_as_the_tree_s_do_leaves_no_macro_behind(self):
        text = single.Single("champion", "str", HASH, "hamt_str").header()
        self.assertNotIn("hamt_str_str", text)
        self.assertLessEqual(set(re.findall(r"^#define (HAMT_STR_IN_\w+)", text, re.M)),
                             set(re.findall(r"^#undef (\w+)", text, re.M)))

    def test_macos_has_other_names_for_libraries(self):
        with tempfile.TemporaryDirectory() as room:
            uname = pathlib.Path(room) / "uname"
            uname.write_text("#!/bin/sh\necho Darwin\n")
            uname.chmod(0o755)
            found = {"PATH": f"{room}:{os.environ['PATH']}"}
            done = run("make", "-n", "PREFIX=/opt", "install", env=os.environ | found)
        major = single.version().rpartition(".")[0]
        self.assertIn(f"-install_name,/opt/lib/libchampion.{major}.dylib", done.stdout)
        self.assertIn(f"ln -sf libchampion.{major}.dylib /opt/lib/libchampion.dylib", done.stdout)
        self.assertNotIn(".so", done.stdout)


class Library(Room):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.destination = cls.room / "destination"
        plain = cls.room / "python"  # without the packages of the distribution
        plain.write_text(f'#!/bin/sh\nexec {sys.executable} -E -s -S "$@"\n')
        plain.chmod(0o755)
        cls.words = "make", "-s", f"PYTHON={plain}", "PREFIX=/opt/maps", f"DESTDIR={cls.destination}"
        cls.installed = run(*cls.words, "install")

    def files(self):
        return sorted(str(path.relative_to(self.destination / "opt/maps")) for path in self.destination.rglob("*")
                      if not path.is_dir())

    def flags(self, *asked):
        at = self.destination / "opt/maps/lib/pkgconfig"
        return self.done("pkg-config", *asked, "champion", env=os.environ | {
            "PKG_CONFIG_PATH": str(at), "PKG_CONFIG_SYSROOT_DIR": str(self.destination)}).split()

    def page(self, name):
        return self.destination / f"opt/maps/share/man/man3/{name}.3"

    def test_what_is_installed(self):
        self.assertEqual(self.installed.returncode, 0, self.installed.stderr)
        versions = "", f".{single.version().rpartition('.')[0]}", f".{single.version()}"
        self.assertEqual(self.files(), sorted([
            "include/champion.h", "include/champion_str.h", "lib/libchampion.a",
            *(f"lib/libchampion{version}.dylib" if MACOS else f"lib/libchampion.so{version}" for version in versions),
            "lib/pkgconfig/champion.pc", "share/doc/champion/LICENSE", "share/man/man3/champion.3",
            "share/man/man3/champion_str.3"]))
        self.assertEqual(self.flags("--modversion"), [single.version()])

    def test_it_needs_no_package(self):
        told = self.done(*self.words, "-n", "-B", "install")
        self.assertIn("libchampion.a", told)
        self.assertNotIn("packages", told)

    def test_the_library_has_the_maps_functions_and_no_others(self):
        told = self.done("nm", "-g", self.destination / f"opt/maps/lib/libchampion{'.dylib' if MACOS else '.so'}")
        names = {name.removeprefix("_") if MACOS else name
                 for name in re.findall(r"^[\da-f]+ [A-Z] (\w+)$", told, re.M)}
        declared = {found for made in self.made.values()
                    for found in re.findall(r"^CHAMPION\w*_API .*?(\w+)\(", made.public, re.M)}
        self.assertEqual(names, declared)

    def test_its_pages_have_nothing_wrong(self):
        for name in NAMES.values():
            told = run("groff", "-ww", "-z", "-mandoc", "-Tutf8", self.page(name))
            self.assertEqual((told.returncode, told.stdout, told.stderr), (0, "", ""))
            if shutil.which("mandoc"):
                self.done("mandoc", "-Tlint", "-Wstyle", self.page(name))

    def test_its_pages_name_every_function(self):
        for key, name in NAMES.items():
            declared = set(re.findall(r"^CHAMPION\w*_API .*?(\w+)\(", self.made[key].public, re.M))
            told = self.page(name).read_text()
            synopsis = told[told.index(".Sh SYNOPSIS"):told.index(".Sh DESCRIPTION")]
            self.assertEqual(set(re.findall(r"^\.F[no] (\w+)", synopsis, re.M)), declared)

    def test_the_pages_examples_are_built_with_it_by_pkg_config(self):
        for key, name in NAMES.items():
            example = re.search(r"\.Bd -literal\n(.*?)\.Ed", self.page(name).read_text(), re.S)[1].replace("\\e", "\\")
            source = self.file("example", example)
            library = self.destination / "opt/maps/lib"
            for language in (C, CXX):
                for static in (False, True) if language == C else (False,):
                    with self.subTest(name, language=language[0], static=static):
                        how = [library / "libchampion.a"] if static else self.flags("--libs")
                        program = self.built(*language, *WARNINGS, *self.flags("--cflags"), source, "-x", "none", *how)
                        path = "DYLD_LIBRARY_PATH" if MACOS else "LD_LIBRARY_PATH"
                        environment = os.environ if static else os.environ | {path: str(library)}
                        told = self.done(program, env=environment)
                        self.assertEqual(told[-len(TOLD[key]):], TOLD[key])

    def test_zz_uninstall_leaves_no_file(self):
        (self.destination / "opt/maps/include/of_somebody_else.h").touch()
        self.done(*self.words, "uninstall")
        self.assertEqual(self.files(), ["include/of_somebody_else.h"])
        self.assertFalse((self.destination / "opt/maps/share/doc/champion").exists())


if __name__ == "__main__":
    unittest.main()
