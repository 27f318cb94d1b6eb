#!/usr/bin/env python3
"""flooding - how many comparisons of keys a map makes for keys that somebody has chosen: a cell whose value,
comparisons, is the sum over all puts or gets (experiments/flooding/flooding.c counts them).

Patterns of keys: crafted, chosen to collide under a known seed of the hash; any, chosen by nobody.  The parameter known
says whether the map's hash has that seed (1), or another that whoever chose the keys did not know (0).  The seed of a
block is of no account, as nothing is drawn at random.
"""
import itertools
import struct
import subprocess

import protocol

KNOWN, OTHER = 0, 0x9e3779b97f4a7c15


# ---- Keys that were chosen: different ones of one length whose 64 bits agree, of a number and for a known seed ----

LENGTH = 32
BITS_64 = 2 ** 64 - 1
XXH3_SECRET = bytes.fromhex("b8fe6c3923a44bbe")             # the first word of its secret
WYHASH_SECRET = struct.pack("<Q", 0xe7037ed1a0b428db)       # the second word of its secret
FNV_BASIS, FNV_PRIME = 0xcbf29ce484222325, 0x100000001b3
# sum of FNV_STEP[i] FNV_PRIME^(10-i) = 0 modulo 2^64; a short vector of that lattice, found by LLL.
FNV_STEP = (-40, 15, -7, 5, 18, -34, -10, -11, 41, -5)


def any_keys(entries, _seed=0):
    """Nothing is chosen."""
    return [struct.pack("<QQQQ", *(pow(3, 4 * i + j + 1, 2 ** 61 - 1) for j in range(4))) for i in range(entries)]


def begin_with(word):
    """A word by which the hash multiplies what follows is masked to 0, and so is the product."""
    return lambda entries, _seed=0: [word + struct.pack("<QQQ", i, 0, 0) for i in range(entries)]


def pieces(pairs, entries):
    """Keys of one piece of each pair: two to the number of pairs."""
    return [b"".join(choice) for choice in itertools.islice(itertools.product(*pairs), entries)]


def pairs_for(entries):
    return (entries - 1).bit_length()


def murmur3_word(mixed, first, by, second):
    """The word of the key that becomes `mixed` before it enters its lane."""
    undone = mixed * pow(second, -1, 2 ** 64) & BITS_64
    undone = undone >> by | undone << (64 - by)
    return undone * pow(first, -1, 2 ** 64) & BITS_64


def murmur3(entries, _seed=0):
    """Differences that cancel whatever the state is (Aumasson and others, 2012).  Two steps of 16 bytes: the first
    flips the top bit of one lane and keeps it out of the other, the second flips it back."""
    one, two = 0x87c37b91114253d5, 0x4cf5ad432745937f
    flip = struct.pack("<QQQQ", murmur3_word(2 ** 36, one, 31, two), murmur3_word(2 ** 32, two, 33, one),
                       murmur3_word(2 ** 63, one, 31, two), 0)
    return pieces([(bytes(LENGTH), flip)] * pairs_for(entries), entries)


def fnv1a_after(state, text):
    for byte in text:
        state = (state ^ byte) * FNV_PRIME & BITS_64
    return state


def fnv1a_pair(one, two, steps):
    """Texts that lead from two states to others which differ by what the steps have made of it; None if there are none.
    A byte of the text replaces the lowest byte of the state by any other, and so adds to the difference of the states:
    it follows from their lowest bytes alone.  The steps say what to add."""
    if not steps:
        return b"", b""
    add = steps[0] + (two & 255) - (one & 255)
    for low in range(max(0, -add), min(256, 256 - add)):
        texts = bytes([one & 255 ^ low]), bytes([two & 255 ^ low + add])
        rest = fnv1a_pair(fnv1a_after(one, texts[0]), fnv1a_after(two, texts[1]), steps[1:])
        if rest:
            return texts[0] + rest[0], texts[1] + rest[1]
    return None


def fnv1a(entries, seed=0):
    pairs, state = [], FNV_BASIS ^ seed
    for _ in range(pairs_for(entries)):
        pairs.append(fnv1a_pair(state, state, FNV_STEP))
        state = fnv1a_after(state, pairs[-1][0])
    return pieces(pairs, entries)


# None for a hash against which no such keys are known.
CRAFTED = {"xxh3": begin_with(XXH3_SECRET), "wyhash": begin_with(WYHASH_SECRET), "murmur3": murmur3, "fnv1a": fnv1a,
           "xxh3_alone": begin_with(XXH3_SECRET), "siphash": None, "identity": begin_with(bytes(8)),
           "constant": any_keys}


# ---- The cell ----

def description(program):
    known = protocol.description(program)
    crafted = ["crafted"] if CRAFTED[known["identity"]["hash"]] else []
    return known | {"program": "flooding", "operations": ["put", "get"], "patterns": [*crafted, "any"], "steps": True,
                    "parameters": {"known": {"low": 0, "high": 1, "default": 1}}}


def comparisons(program, keys, seed):
    """{operation: comparisons of all keys}"""
    done = subprocess.run([program, str(len(keys[0])), str(seed)], input=b"".join(keys), capture_output=True)
    if done.returncode:
        raise protocol.ended(done.returncode, done.stderr.decode(errors="replace").strip(), program, "flooding")
    return dict(zip(("put", "get"), map(int, done.stdout.split())))


def sample(given, rest):
    known = dict(zip(rest[::2], rest[1::2])).get("--known", "1")
    hash_name = description(given.program)["identity"]["hash"]
    craft = CRAFTED[hash_name] if given.pattern == "crafted" else any_keys
    counted = comparisons(given.program, craft(int(given.scale), KNOWN), KNOWN if known == "1" else OTHER)
    return {"values": {"comparisons": counted[given.op]}}


if __name__ == "__main__":
    protocol.serve(description, sample)
