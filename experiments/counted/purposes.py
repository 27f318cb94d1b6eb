"""What a line of source is there for: the function that it belongs to, and that function's category.

    memory      malloc, free and all below; pools, arenas, records, free lists
    walking     from level to level: find the child, tell its kind, compare the key in the leaf
    hashing     the hash of the key
    copying     memcpy, memmove; copies of entries and of arrays that grow
    building    new nodes made and attached
    loop        the benchmark: keys read, answers checked; what the dynamic linker does once
    unclassified    what the table below does not know

A compiler that inlines everything leaves of a hundred small functions one symbol, but it still knows the line that each
instruction was written on.  From the line to the function is a matter of layout: clang-format puts a function's
definition at the left margin, and the brace that ends it alone at the margin too.
"""
import bisect
import functools
import pathlib
import re

from callgrind import ROOT, plain

CATEGORIES = ["memory", "walking", "hashing", "copying", "building", "loop", "unclassified"]
# A function belongs to the first line whose patterns match the end of its file's name and its own name.  Parts are
# known by their file, so that a directory outside the tree is as well.
TABLE = r"""
loop      experiments/.*                         .*
# The C library, by its own files or, where their names are not known, by the function.
memory    malloc\.c|arena\.c|morecore\.c         .*
memory    s?brk\w*\.[ch]|m(un|re)?map(64)?\.c    .*
memory    madvise\.c|syscall-template\.S         .*
copying   mem(move|cpy)[\w-]*\.[Sch]             .*
building  memset[\w-]*\.[Sch]                    .*
memory    \?\?\?                                 (_int_|__libc_)?(malloc|free|calloc|realloc)|sysmalloc|malloc_\w+
memory    \?\?\?                                 unlink_chunk\w*|s?brk|m(un)?map|__default_morecore
copying   \?\?\?                                 _*mem(move|cpy)\w*
building  \?\?\?                                 _*memset\w*
hashing   xxhash\.h|wyhash\.h|xxh3_inverse\.h|common/hash/.*     .*
# reference, which has no parts
hashing   reference/hamt\.c                      call_hash
walking   reference/hamt\.c                      call_equal|trail_\w+|collision_row|search(_from)?|hamt_get
memory    reference/hamt\.c                      hamt_create|hamt_destroy|release_if_empty|free_large_tables
building  reference/(hamt\.c|walk\.h)            .*
memory    records\.h|tables\.h                   .*
building  rows\.h                                row_of_value
walking   rows\.h                                .*
# what all parts stand on
building  common/random\.h|map/config\.h         .*
memory    mem\.h|arena\.h|node_arenas\.h|node\.h .*
memory    array\.h|count\.h|pool\.h|free_lists\.h .*
hashing   chunk\.h                               chunk_hash
walking   chunk\.h|ref_type\.h|ahead\.h          .*
copying   sparse\.h                              sparse_(copy_)?(insert|erase)
walking   sparse\.h|bitmap\.h                    .*
walking   keyops\.h                              key_equal
hashing   keyops\.h                              key_hash
copying   keyops\.h                              key_clone
memory    keyops\.h                              key_drop|key_block
# the parts
walking   children(_dense|_doubling)?\.h         children_(find|index)
memory    children(_dense|_doubling)?\.h         children_(free|count_bytes|bytes|lane_bytes)
building  children(_dense|_doubling)?\.h         children_\w+
building  size\.h                                size_room
walking   leaf(_list)?\.h                        leaf_find
copying   leaf(_list)?\.h                        leaf_grow
memory    leaf(_list)?\.h                        leaf_(free|trim|count_bytes)
building  leaf(_list)?\.h                        leaf_\w+
walking   entry\.h                               entries_find
memory    entry\.h                               entries_free|entry_drop
building  entry\.h                               entries_(add|check)
copying   entry\.h                               entr(y|ies)_\w+
walking   inner\.h                               inner_(level|prefix|on_way)
building  inner\.h                               inner_init
building  ref\.h                                 ref_(make|node_bytes)
memory    share\w*\.h|stores\.h                   share_(init|join|free|count)|stores_\w+|given_date
memory    stretches\.h                           .*
building  share\w*\.h                        share_\w+
copying   build\.h                               build_copy.*
walking   ref\.h                                 ref_\w+
building  walk\.h                                walk_(attach|cut)
walking   walk\.h                                walk_\w+
building  trie/trie\.h                           map_\w+|share_bytes
building  (versions\.c|walk_all\.h|set_operations\.h|sides\.h)  .*
memory    build\.h                               build_(free.*|drop)
building  build\.h                               build_\w+
building  descend(_lazy)?\.h                     descend_\w+
hashing   trie/trie\.h                           hash_of
walking   trie/hamt\.c                           hamt_get
memory    trie/hamt\.c                           hamt_(create|destroy)
building  trie/hamt\.c                           hamt_\w+
building  trie/(inspect|iterate)\.h              .*
building  common/(hamt|inside)\.h|map/each\.h     .*
# the trie with two bitmaps
memory    (supply\w*|size_class)\.h              .*
walking   head\.h                                .*
walking   held\.h                                held_entry
memory    held\.h                                held_(drop|count)
building  held\.h                                .*
memory    champ/slots\.h                         slots_(make|free|resize|bytes)
walking   champ/slots\.h                         slots_(extent|child|children|entry|entries)
copying   champ/slots\.h                         slots_(open|close)
building  champ/slots\.h                         .*
memory    champ/part\.h                          part_free
hashing   champ/champ\.h                         hash_of
walking   champ/hamt\.c                          hamt_get
memory    champ/hamt\.c                          hamt_(create|destroy)|free_below
building  champ/(hamt|inspect|iterate)\.[ch]     .*
# the bucket trie
memory    (blocks|granules|marks|malloced|gaps_\w+|reserved|(no_)?pages|hooks)\.h  .*
walking   (find|tags(_vector)?)\.h                       find_(candidates|equal|tag|bits)
building  (find|tags(_vector)?|capacity(_steps)?|spare(_share)?)\.h    .*
walking   record\.h                              record_(is|key|keys|entry|value|values)
hashing   record\.h                              record_hash
copying   record\.h                              record_copy
building  record\.h                              .*
walking   root\.h                                root_(slot|at|depth|slots|wanted)
memory    root\.h                                .*
walking   fetch(_\w+)?\.h                        .*
copying   bucket\.h                              bucket_resized
hashing   bucket\.h                              bucket_(hash|known)
memory    bucket\.h                              bucket_(make|free|bytes)
building  bucket\.h                              bucket_(append|remove|hand_over|set_value)
walking   bucket\.h                              .*
memory    fork\.h                                fork_(make|free)
walking   fork\.h                                .*
building  way\.h                                 way_(fill|replace)
walking   way\.h                                 .*
building  part\.h|resize\.h                      .*
memory    own\.h                                 own_(blocks|init|can_join|join|free|count)|given_date
building  own\.h                                 .*
memory    own_way\.h                             block_memory|bucket_end|given_\w+
copying   own_way\.h                             own_(array|fork|copy)
building  own_way\.h                             .*
memory    slots\.h                               array_\w+|slots_(count|free)
walking   slots?\.h|sieves\.h|root_\w+\.h|buckets\.h       .*
walking   many\.h|together\.h|one_by_one\.h      .*
walking   bucket/hamt\.c                         (hamt_)?get(_many)?|group
memory    bucket/hamt\.c                         hamt_(create|destroy)|free_block
building  bucket/(hamt|inspect|iterate)\.[ch]    .*
"""
LINES = [(category, re.compile(rf"(^|/)({files})$"), re.compile(rf"({names})$")) for category, files, names in
         (line.split() for line in TABLE.splitlines() if line and not line.startswith("#"))]
# Of libraries other than libc: the dynamic linker finds each function when it is first called, and
# libc its fastest copy.
LOADER = re.compile(r"/ld[-.][^/]*\.so[^/]*$|/ifunc-[^/]*$|clock_gettime|/dl-[^/]*$|vdso")


def category_of(file, function):
    return next((category for category, files, names in LINES if files.search(file) and names.match(function)),
                "unclassified")


def category_of_file(file):
    """What most of a file is there for: the last line of the table that has it."""
    return next((category for category, files, _ in reversed(LINES) if files.search(file)), "unclassified")


# ---- From lines to functions ----

ATTRIBUTES = re.compile(r"__attribute__\(\(.*?\)\)\)?|\b(?:_Noreturn|HOT|OUTLINED)\b")
NAME = re.compile(r"\b(\w+)\s*\(")
COMMENT = re.compile(r"(?<=\S)\s*/\*(?:(?!\*/).)*(?:\*/)?$")  # behind something, which may end there
NOT_FUNCTIONS = ("#", "/", " ", "}", "{", "\t", "typedef", "_Static_assert")


def functions(text):
    """[(first line, last line, name)] of the functions defined in a C source, in their order."""
    found, header, first = [], "", 0
    lines = enumerate((COMMENT.sub("", line) for line in text.splitlines()), 1)
    for number, line in lines:
        if not header:
            if not line or line.startswith(NOT_FUNCTIONS):
                continue
            first = number
        header += " " + line
        if line.endswith("{"):
            name = None if "=" in header else NAME.search(ATTRIBUTES.sub("", header))
            last = next((number for number, line in lines if line.startswith("}") or not name and line.endswith("};")),
                        number)
            found += [(first, last, name[1])] if name else []
        if line.endswith(("{", "\\", ";", "}")):  # of a function, a macro, a declaration
            header = ""
    return found


@functools.lru_cache(maxsize=None)
def functions_of(path):
    return functions(path.read_text())


def function_at(path, line):
    """The function that a line of a file belongs to; None outside of all."""
    found = functions_of(path)
    place = bisect.bisect_right(found, (line, float("inf"), "")) - 1
    return found[place][2] if place >= 0 and line <= found[place][1] else None


# ---- Of a place in the program (callgrind.Place) ----

def function_of(place):
    """(file as shown, function)"""
    path = pathlib.Path(place.file)
    if not path.is_absolute() or not path.is_file():
        return place.file, plain(place.symbol)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return str(shown), function_at(path, place.line) or plain(place.symbol)


def classify(place):
    """(category, file as told, function)"""
    file, function = function_of(place)
    category = category_of(file, function)
    if category == "unclassified" and place.line == 0 and file != "???":
        category = category_of_file(file)  # clang names no line where it has merged several
    if category == "unclassified" and (LOADER.search(place.object) or LOADER.search(file)
                                       or place.file == "???" and place.symbol.startswith("0x")):
        category = "loop"  # a jump through the table of the linked functions is the linker's as well
    if file == "???" or file.startswith("."):
        file = pathlib.Path(place.object if file == "???" else file).name
    return category, file, function
