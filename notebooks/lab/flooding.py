"""What do keys cost that were chosen to collide?  Comparisons of keys for each put and get, counted.

Keys whose hashes agree in every bit share a leaf, or a collision table, which is searched key by key: c of them cost
(c - 1) / 2 comparisons a put and (c + 1) / 2 a get on the average.  The table has keys chosen to collide under a known
seed, the same under a seed that whoever chose them did not know, and keys that nobody chose.  Counts are the same on
every machine; results/flooding.csv has them.
"""
import itertools
import struct

import pandas

from . import cell, printing, store

STORED = store.ROOT / "results" / "flooding.csv"
LAYOUTS = ("list", "fix4", "reference")
ENTRIES = 1024
KNOWN, OTHER = 0, 0x9e3779b97f4a7c15
COLUMNS = ["hash", "keys", "seed", "layout", "entries", "put_comparisons", "get_comparisons"]


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
           "siphash": None, "identity": begin_with(bytes(8)), "constant": any_keys}


# ---- Counting ----

def comparisons(layout, hash_name, seed, keys):
    """(to put all keys, to get all keys)"""
    program = cell.make(f"build/flooding/{layout}/str/{hash_name}/flooding")
    return map(int, cell.output([program, str(len(keys[0])), str(seed)], stdin=b"".join(keys)).split())


def counted(hash_name, layout):
    """The rows of a hash in a layout."""
    for what, craft in (("crafted", CRAFTED[hash_name]), ("any", any_keys)):
        for name, seed in (("known", KNOWN), ("another", OTHER)) if craft else ():
            yield (hash_name, what, name, layout, ENTRIES, *comparisons(layout, hash_name, seed, craft(ENTRIES, KNOWN)))


def count_all():
    rows = [row for name in CRAFTED for layout in LAYOUTS for row in counted(name, layout)]
    return pandas.DataFrame(rows, columns=COLUMNS)


def load(path=STORED):
    if not path.exists():
        raise store.StoreError(f"{path}: not there; make ANEW=1 flooding counts it")
    return pandas.read_csv(path)


def table(rows):
    operations = [(layout, op) for layout in LAYOUTS for op in ("put", "get")]
    each = rows.assign(**{op: rows[f"{op}_comparisons"] / rows["entries"] for op in ("put", "get")})
    wide = each.pivot(index=COLUMNS[:3], columns="layout", values=["put", "get"])
    lines = [[*place, *(printing.digits(wide[op, layout][place]) for layout, op in operations)]
             for place in dict.fromkeys(rows[COLUMNS[:3]].itertuples(index=False, name=None))]
    lines += [[name, "crafted", "none known", *["-"] * len(operations)] for name, craft in CRAFTED.items() if not craft]
    return printing.align([*COLUMNS[:3], *map(" ".join, operations)], lines, figures=len(operations), cell=1)


def flooding(anew=False):
    """Prints what keys cost that were chosen to collide; ANEW=1 counts that, and stores it."""
    if anew:
        count_all().to_csv(STORED, index=False, lineterminator="\n")
    rows = load()
    print(f"comparisons of keys an operation, {rows['entries'][0]} string keys in the map:"
          f" {ENTRIES / 2:.1f} is all keys in one leaf\n", table(rows), sep="\n")
