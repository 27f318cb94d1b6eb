#!/usr/bin/env python3
"""Peers: what they declare, what is missing of one, and that nobody else is built with what it needs."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import compose  # noqa: E402
import peers  # noqa: E402


def declared(text):
    with tempfile.TemporaryDirectory() as room:
        directory = pathlib.Path(room)
        (directory / peers.DECLARATION).write_text(text)
        return peers.Peer(directory, ["str", "u64"])


class Peers(unittest.TestCase):
    def test_what_is_missing_is_named(self):
        peer = declared("package no-such-package sh-no\nunpack no-such-headers # why\n")
        self.assertEqual(peer.lacks(ROOT), ["no-such-package", "sh-no", "no-such-headers"])
        self.assertEqual(peer.keys, ("str", "u64"))
        self.assertEqual(declared("").lacks(ROOT), [])

    def test_a_word_that_is_none_is_told_with_its_line(self):
        with self.assertRaisesRegex(peers.Wrong, r"/peer\.conf:2: flags: wanted one of package, "):
            declared("libs -lm\nflags -O3\n")

    def test_what_a_peer_is_built_with_is_its_own(self):
        own = peers.Peer(ROOT / "peers/boost", ["u64"]).flags()
        self.assertEqual(len(own), 1)
        self.assertIn(own[0], compose.Composition("boost").flags("u64", "xxh3"))
        for other in ("champion", "list", "reference", "absl"):
            self.assertNotIn(own[0], compose.Composition(other).flags("u64", "xxh3"))

    def test_its_libraries_stand_in_its_builds_identity(self):
        told = compose.Composition("judy").identity("u64", "xxh3", "-O3")
        self.assertRegex(told, r'CELL_FLAGS "-O3 -lJudy libjudy-dev=')
        self.assertNotIn("Judy", compose.Composition("list").identity("u64", "xxh3", "-O3"))

    def test_a_kind_of_key_that_it_does_not_take_is_refused(self):
        with self.assertRaisesRegex(compose.Nonsense, "takes no KEY=str, only u64"):
            compose.Composition("judy").flags("str")

    def test_a_peer_that_is_none_is_refused_before_anything_runs(self):
        done = subprocess.run(["make", "-s", "PEERS=nosuch", "plan"], cwd=ROOT, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("PEERS=nosuch: no such peer; one of: absl, ", done.stderr)


if __name__ == "__main__":
    unittest.main()
