#!/usr/bin/env python3
"""Peers: what they declare, what is missing of one, what its build is made from, peers outside the tree, and
that nobody else is built with what one of them needs."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import compose  # noqa: E402
import peers  # noqa: E402

# The smallest peer there can be: it holds one entry.
ONE_ENTRY = """
#include "hamt.h"
#include <stdlib.h>
struct hamt { bool full; hamt_key key; uint64_t value; };
%(create)s
void hamt_destroy(struct hamt *map) { free(map); }
enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    if (map->full && map->key != key)
        return HAMT_NO_MEMORY;
    bool was_full = map->full;
    *map = (struct hamt){true, key, value};
    return was_full ? HAMT_REPLACED : HAMT_NEW;
}
bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    if (map->full && map->key == key)
        *value = map->value;
    return map->full && map->key == key;
}
bool hamt_remove(struct hamt *map, hamt_key key) {
    bool there = map->full && map->key == key;
    map->full = map->full && !there;
    return there;
}
size_t hamt_size(const struct hamt *map) { return map->full; }
bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    return !map->full || visit(map->key, map->value, context);
}
%(rest)s
"""
CREATE = """struct hamt *hamt_create(const struct hamt_config *config) {
    (void)config;
    return calloc(1, sizeof(struct hamt));
}"""
PEER_CREATE = """struct hamt *peer_create(uint64_t seed);
struct hamt *peer_create(uint64_t seed) {
    (void)seed;
    return calloc(1, sizeof(struct hamt));
}"""
IN_C = ONE_ENTRY % {"create": CREATE, "rest": '#include "outside.h"'}
IN_AN_ARCHIVE = ONE_ENTRY % {"create": PEER_CREATE, "rest": ""}
KEYS, TRAITS = ["str", "u64"], ["deniable", "cursors"]


def make(*arguments, **environment):
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS")}
    return subprocess.run(["make", "-s", "SAY=", *arguments], cwd=ROOT, text=True, capture_output=True,
                          env=clean | environment)


class InARoom(unittest.TestCase):
    """A test that has a directory of its own."""

    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.room = pathlib.Path(room.name).resolve()

    def write(self, name, text, mode=0o644):
        path = self.room / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def declared(self, text):
        self.write(peers.DECLARATION, text)
        return peers.Peer(self.room, KEYS, TRAITS)

    def succeed(self, *arguments, **environment):
        done = make(*arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done


class Declarations(InARoom):
    def test_what_is_missing_is_named(self):
        peer = self.declared("package no-such-package sh-no\nunpack no-such-headers # why\n")
        self.assertEqual(peer.lacks(ROOT), ["no-such-package", "sh-no", "no-such-headers"])
        self.assertEqual(peer.keys, ("str", "u64"))
        self.assertEqual(self.declared("").lacks(ROOT), [])
        self.assertEqual(self.declared("pkg-config no-such-module\n").lacks(ROOT), ["no-such-module"])

    def test_a_word_that_is_none_is_told_with_its_line(self):
        for line, known in (("optimise -O3", "package, "), ("keys u32", "str, u64"), ("can fly", "deniable, ")):
            with self.assertRaisesRegex(peers.Wrong, rf"/peer\.conf:2: {line.split()[line[0] != 'o']}:"
                                                     rf" wanted one of {known}"):
                self.declared(f"libs -lm\n{line}\n")

    def test_its_traits_are_those_of_the_contract(self):
        known = peers.traits_of(ROOT / "common/hamt.h")
        self.assertLess({"deniable", "collisions", "canonical"}, set(known))
        self.assertNotIn("our_own", known)

    def test_what_it_is_compiled_with_may_lie_beside_it(self):
        peer = self.declared("flags -I$HERE/include\nlibs -L$HERE -lx\ncan deniable cursors\n")
        self.assertEqual(peer.flags(), [f"-I{self.room}/include", "-DPEER_CAN=HAMT_DENIABLE+HAMT_CURSORS"])
        self.assertEqual(peer.libraries(), [f"-L{self.room}", "-lx"])


class TheContract(unittest.TestCase):
    def test_either_header_alone_is_c_and_cxx(self):
        for header in ("hamt.h", "inside.h"):
            for language, standard in (("c", "c17"), ("c++", "c++17")):
                if language == "c++" and peers.lacking_for("C++"):
                    continue
                for key in KEYS:
                    with self.subTest(header=header, language=language, key=key):
                        text = f'#include "{header}"\n' \
                               "int main(void) { return HAMT_CONFIG_DEFAULT.pool_slots != 65536; }\n"
                        done = subprocess.run(
                            [*peers.compiler(), "-x", language, f"-std={standard}", "-Wall", "-Wextra",
                             "-Wpedantic", "-Werror", "-fsyntax-only", "-Icommon", f"-Icommon/key/{key}", "-"],
                            cwd=ROOT, input=text, text=True, capture_output=True)
                        self.assertEqual((done.returncode, done.stderr), (0, ""))


@unittest.skipIf(peers.lacking_for("C++"), "C++ is what it is in")
class Batches(unittest.TestCase):
    """A C++ map that offers to fetch a key's memory is asked to, before the first of up to 32 keys has its turn."""
    PROGRAM = """
#include <cstdio>
#include <unordered_map>
template <typename K, typename V, typename H, typename E> struct table : std::unordered_map<K, V, H, E> {
    using std::unordered_map<K, V, H, E>::unordered_map;
    MEMBER
    auto find(const K &key) const { printf("find %d ", (int)key); return std::unordered_map<K, V, H, E>::find(key); }
};
#include "map.hh"
int main() {
    hamt_key keys[34];
    uint64_t values[34];
    bool found[34];
    for (int i = 0; i < 34; i++)
        keys[i] = i;
    struct hamt *map = hamt_create(nullptr);
    hamt_get_many(map, keys, 34, values, found);
    hamt_destroy(map);
}
"""

    def calls(self, member):
        flags = compose.Composition("std").flags("u64", "xxh3").split()
        with tempfile.TemporaryDirectory() as room:
            program = pathlib.Path(room) / "program"
            subprocess.run([*peers.compiler(), "-x", "c++", "-std=c++17", *flags, "-Ipeers", "-", "-lstdc++", "-o",
                            program], cwd=ROOT, input=self.PROGRAM.replace("MEMBER", member), text=True, check=True)
            return subprocess.run([program], text=True, check=True, stdout=subprocess.PIPE).stdout.split()

    def test_it_is_asked_in_time(self):
        told = self.calls('void prefetch(const K &key) const { printf("fetch %d ", (int)key); }')
        order = [("fetch", range(32)), ("find", range(32)), ("fetch", (32, 33)), ("find", (32, 33))]
        self.assertEqual(told, [word for what, keys in order for key in keys for word in (what, str(key))])

    def test_one_that_does_not_is_asked_one_by_one(self):
        self.assertEqual(self.calls(""), [word for key in range(34) for word in ("find", str(key))])


class MadeForThreads(InARoom):
    def test_it_is_not_linked_with_a_way_s_library_where_it_answers_for_itself(self):
        for name in compose.peer_names():
            if "threads" not in compose.peer_named(name).can or compose.peer_named(name).lacks(ROOT):
                continue
            self.assertEqual(self.linked(name, "threads"), "", name)
        self.assertIn("-lurcu-memb", self.linked("lazy", "threads"))

    def linked(self, name, cell):
        """What of a way's libraries the linker is told, beside the peer's own, which the shell is to ask for."""
        done = self.succeed("-n", "-B", "V=1", f"CELL={cell}", f"VARIANT={name}", "cell")
        link, = (line for line in done.stdout.replace("\\\n", " ").splitlines() if "experiments/threads.c" in line)
        return " ".join(re.findall(r"-lurcu\S*", link))


class InTheTree(unittest.TestCase):
    def test_what_a_peer_is_built_with_is_its_own(self):
        own = compose.Composition("boost").peer.flags()
        self.assertGreater(len(own), 1)
        for flag in own:
            self.assertIn(flag, compose.Composition("boost").flags("u64", "xxh3"))
            for other in ("champion", "list", "reference", "absl"):
                self.assertNotIn(flag, compose.Composition(other).flags("u64", "xxh3"))

    def test_its_libraries_stand_in_its_builds_identity(self):
        told = compose.Composition("judy").identity("u64", "xxh3", "-O3")
        self.assertRegex(told, r'CELL_FLAGS "-O3 .*-lJudy libjudy-dev=.* adapter=[0-9a-f]{16}"')
        self.assertNotIn("Judy", compose.Composition("list").identity("u64", "xxh3", "-O3"))

    def test_a_kind_of_key_that_it_does_not_take_is_refused(self):
        with self.assertRaisesRegex(compose.Nonsense, "takes no KEY=str, only u64"):
            compose.Composition("judy").flags("str")

    def test_a_peer_that_is_none_is_refused_before_anything_runs(self):
        for name in ("nosuch", "/no/such"):
            done = make(f"PEERS={name}", "plan")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(f"PEERS={name}: no such peer; a directory with a peer.conf, or one of: absl, ",
                          done.stderr)

    def test_all_are_listed_with_what_they_can_do(self):
        told = {line.split()[0]: line for line in self.listed().splitlines()}
        self.assertEqual(set(told), set(compose.peer_names()))
        self.assertRegex(told["std"], r"^std +C\+\+ +str,u64 +deniable,collisions +g\+\+=")
        self.assertRegex(told["imrc"], r"^imrc +Rust +str,u64 +collisions +cargo=")

    def listed(self, *settings):
        done = make(*settings, "peers")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout


class WithoutALanguage(InARoom):
    def test_those_in_it_are_skipped_by_name_and_the_rest_goes_on(self):
        real = f"PATH={os.environ['PATH']}"  # or ccache would take this one for the compiler
        self.write("cc", f'#!/bin/sh\n{real}\ncase "$*" in *c++*) exit 1 ;; esac\nexec cc "$@"\n', 0o755)
        without = {"PATH": f"{self.room}:{os.environ['PATH']}", "CARGO": "/nonexistent"}
        told = make("peers", **without)
        for name, line in zip(compose.peer_names(), told.stdout.splitlines()):
            language = compose.peer_named(name).language
            self.assertEqual("skipped: lacks" in line, language in ("C++", "Rust"), line)
        self.assertIn("skipped: lacks C++ (cc has none)", told.stdout)
        self.assertIn("skipped: lacks Rust (/nonexistent does not run)", told.stdout)
        done = self.succeed(f"STORE={self.room}/store", "VARIANT=uthash", "PEERS=std,hashbrown,uthash",
                            "AGAINST=judy", "OPS=get", "SCALES=100", "PATTERNS=shuffled", "REPS=1", "SAMPLES=1",
                            "experiment", **without)
        self.assertRegex(done.stderr, r"skipped.* std: C\+\+ .*; hashbrown: Rust .*;")
        self.assertEqual(re.findall(r"^get +(\w+) ", done.stdout, re.M), ["uthash", "judy"])

    def test_a_plan_goes_on_with_those_that_are_there(self):
        plan = self.write("some.plan", "# hashbrown, and others.\n"
                          "VARIANTS=hashbrown OPS=put SCALES=100 PATTERNS=random\n"
                          "VARIANTS=lazy,hashbrown,uthash OPS=get SCALES=100 PATTERNS=shuffled REPS=1 SAMPLES=1\n")
        done = self.succeed(f"STORE={self.room}/store", f"PLAN={plan}", "experiment", CARGO="/nonexistent")
        self.assertRegex(done.stderr, r"skipped.* hashbrown: Rust .*; make build/packages-peers installs packages\n")
        self.assertEqual(re.findall(r"^(put|get) +(\w+) ", done.stdout, re.M), [("get", "lazy"), ("get", "uthash")])

    def test_one_that_is_asked_for_alone_says_what_it_lacks(self):
        done = make("CARGO=/nonexistent", "build/peers/hashbrown.provenance")
        self.assertEqual(done.returncode, 2)
        self.assertIn("error: VARIANT=hashbrown: lacks Rust (/nonexistent does not run)", done.stderr)


class OutsideTheTree(InARoom):
    def setUp(self):
        super().setUp()
        self.write("mine/hamt.c", IN_C)
        self.write("mine/peer.conf", "keys u64\nflags -DHERE=$HERE\n")
        self.path = self.room / "mine"
        self.id = str(self.path).replace("/", "@")
        self.cell = ROOT / "build/cell" / self.id
        self.addCleanup(subprocess.run, ["rm", "-rf", self.cell, ROOT / "build/test/map" / self.id,
                                         ROOT / "build/peers" / f"{self.id}.provenance"], check=True)

    def build(self, **environment):
        """The identity of its build, and when its object was made."""
        self.succeed(f"VARIANT={self.path}", "cell", **environment)
        made = self.cell / "u64/xxh3"
        return (made / "identity.h").read_text(), (made / "hamt.o").stat().st_mtime_ns

    def test_it_is_measured_beside_others(self):
        done = self.succeed(f"STORE={self.room}/store", "VARIANT=lazy", "AGAINST=lazy", f"PEERS={self.path}",
                            "OPS=get", "SCALES=1", "PATTERNS=shuffled", "REPS=1", "SAMPLES=1", "experiment")
        self.assertRegex(done.stdout, r"(?m)^1 +mine +\d.* - +\d")

    def test_its_adapter_is_in_its_identity_and_where_it_lies_is_not_in_its_flags(self):
        first, made = self.build()
        self.assertEqual(self.build(), (first, made))  # nothing changed, nothing is made
        self.assertIn("-DHERE=$HERE -DPEER_CAN=0 adapter=", first)
        self.write("mine/helper.h", "/* of its own */\n")
        second, later = self.build()
        self.assertNotEqual(first, second)
        self.assertGreater(later, made)

    def test_a_changed_library_makes_a_new_build_of_it_alone(self):
        module = "Name: x\nDescription: x\nVersion: {}\nCflags: -DX\n"
        self.write("mine/peer.conf", "keys u64\npkg-config xlib\n")
        self.write("pc/xlib.pc", module.format("1.0"))
        found = {"PKG_CONFIG_PATH": str(self.room / "pc")}
        first, made = self.build(**found)
        self.assertIn("-DX -DPEER_CAN=0 xlib=1.0 adapter=", first)
        self.succeed("VARIANT=uthash", "cell")
        neighbour = ROOT / "build/cell/uthash/u64/xxh3/cell"
        neighbours = neighbour.stat().st_mtime_ns
        self.write("pc/xlib.pc", module.format("1.1"))
        second, later = self.build(**found)
        self.assertIn("-DX -DPEER_CAN=0 xlib=1.1 adapter=", second)
        self.assertGreater(later, made)
        self.succeed("VARIANT=uthash", "cell", **found)
        self.assertEqual(neighbour.stat().st_mtime_ns, neighbours)

    def test_an_archive_of_another_language_is_joined_to_its_c_side(self):
        (self.path / "hamt.c").rename(self.room / "hamt.c")
        self.write("hamt.c", IN_AN_ARCHIVE)
        build = (f"cc -std=c17 -O2 -I{ROOT}/common -I{ROOT}/common/key/u64 -c hamt.c -o hamt.o"
                 " && ar rcs mine/hamt.a hamt.o")
        subprocess.run(build, shell=True, cwd=self.room, check=True)
        self.build()
        done = subprocess.run([self.cell / "u64/xxh3/cell", "--op=get", "--pattern=shuffled", "--scale=1",
                               "--seed=1"], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn('"ns_per_op"', done.stdout)

    def test_an_archive_without_a_declaration_is_refused(self):
        (self.path / "peer.conf").unlink()
        (self.path / "hamt.c").rename(self.path / "hamt.a")
        done = make(f"VARIANT={self.path}", "cell")
        self.assertEqual(done.returncode, 2)
        self.assertIn("hamt.a needs a peer.conf beside it", done.stderr)


if __name__ == "__main__":
    unittest.main()
