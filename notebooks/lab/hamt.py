"""A small hash array mapped trie, drawn for readers who have never met one.

The trie is a real one: six words, their hashes, nodes with four places (two bits of the hash a level) and four levels.
It is built twice from the same hashes, once with every leaf below the last level, as the baseline has it, and once with
lazy expansion; what is drawn is what was built.
"""
import hashlib
import pathlib
from typing import NamedTuple, Optional
from xml.sax.saxutils import escape

from . import store
from .drawing import BLACK, BLUE, GREY, VERMILION

OUT = store.ROOT / "notebooks" / "paper" / "hamt.svg"
BITS, LEVELS = 2, 4
PLACES = 2 ** BITS
KEYS = ("ant", "bee", "cow", "dog", "eel", "fox")


# ---- The trie ----

def chunks_of(key):
    """The hash, two bits a level; level 0 takes the highest."""
    hashed = hashlib.sha256(key.encode()).digest()[0] >> (8 - BITS * LEVELS)
    return [hashed >> BITS * (LEVELS - 1 - level) & (PLACES - 1) for level in range(LEVELS)]


class Node(NamedTuple):
    """An inner node: its children by chunk.  A leaf has a key instead."""
    level: int
    children: dict
    key: Optional[str] = None

    @property
    def bitmap(self):
        return sum(1 << chunk for chunk in self.children)

    def inner(self):
        """The inner nodes from here down."""
        return [] if self.key else [self, *(node for child in self.children.values() for node in child.inner())]

    def leaves(self):
        return [self] if self.key else [leaf for child in self.children.values() for leaf in child.leaves()]


def index_of(bitmap, chunk):
    """Where in the array of children a chunk's child lies: behind one for each lower bit."""
    return (bitmap & ((1 << chunk) - 1)).bit_count()


def build(keys, lazy, level=0):
    """The trie of keys that share their first `level` chunks."""
    if lazy and len(keys) == 1 or level == LEVELS:
        assert len(keys) == 1, "two keys with one hash: a figure has no room for collisions"
        return Node(level, {}, keys[0])
    parted = {chunk: [key for key in keys if chunks_of(key)[level] == chunk] for chunk in range(PLACES)}
    return Node(level, {chunk: build(some, lazy, level + 1) for chunk, some in parted.items() if some})


# ---- The drawing ----

CELL, ROW, COLUMN = 15, 86, 74  # a place of a node, from level to level, from leaf to leaf
WIDTH, TOP = 1000, 296


class Canvas:
    def __init__(self):
        self.parts = []

    def text(self, x, y, text, size=14, colour=BLACK, anchor="start", weight="normal"):
        self.parts.append(f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}"'
                          f' text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>')

    def box(self, x, y, width, height, fill="white", stroke=BLACK, rounded=0, dashed=False):
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
                          f' rx="{rounded}" fill="{fill}" stroke="{stroke}"{dash}/>')

    def line(self, x, y, to_x, to_y):
        self.parts.append(f'<line x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}"'
                          f' stroke="{GREY}" stroke-width="1.3"/>')

    def svg(self, height, title):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
                f' width="{WIDTH}" height="{height}"'
                ' font-family="DejaVu Sans, Helvetica, Arial, sans-serif">\n'
                f"<title>{escape(title)}</title>\n"
                f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n'
                + "\n".join(self.parts) + "\n</svg>\n")


def draw_trie(canvas, node, places):
    """Each inner node is its bitmap, a cell a place, filled where there is a child.  places: {key: x of its leaf}.
    The x of the trie's root."""
    below = [places[leaf.key] for leaf in node.leaves()]
    centre, y = (below[0] + below[-1]) / 2, TOP + node.level * ROW
    if node.key:
        canvas.box(centre - 29, y, 58, 25, rounded=12)
        canvas.text(centre, y + 17, node.key, anchor="middle")
        return centre
    chain = len(node.children) == 1
    colour, left = VERMILION if chain else BLUE, centre - PLACES * CELL / 2
    for chunk in range(PLACES):
        full = chunk in node.children
        canvas.box(left + chunk * CELL, y, CELL, CELL + 3, fill=colour if full else "white",
                   stroke=BLACK if full else colour, dashed=chain and not full)
    for chunk, child in node.children.items():
        x = draw_trie(canvas, child, places)
        canvas.line(left + (chunk + 0.5) * CELL, y + CELL + 3, x, TOP + child.level * ROW)
    return centre


def draw_hashes(canvas, x, y):
    canvas.text(x, y, "Six keys and their hashes, two bits a level", weight="bold")
    canvas.text(x + 62, y + 24, "level", 12, GREY)
    for level in range(LEVELS):
        canvas.text(x + 128 + 44 * level, y + 24, str(level), 12, GREY, "middle")
    for row, key in enumerate(KEYS):
        line = y + 48 + 22 * row
        canvas.text(x + 10, line, key)
        for level, chunk in enumerate(chunks_of(key)):
            canvas.text(x + 128 + 44 * level, line, f"{chunk:0{BITS}b}", 14, BLACK, "middle")


def draw_node_close(canvas, node, x, y):
    """One node up close: the bitmap, the array, and how the one indexes the other."""
    chunk = max(node.children)
    place = index_of(node.bitmap, chunk)
    canvas.text(x, y, "The root up close", weight="bold")
    canvas.text(x, y + 45, "bitmap", 13, GREY)
    for bit in range(PLACES):
        has = bit in node.children
        canvas.box(x + 74 + 46 * bit, y + 26, 46, 28, BLUE if has else "white")
        canvas.text(x + 97 + 46 * bit, y + 45, "1" if has else "0", 14, "white" if has else BLACK, "middle")
        canvas.text(x + 97 + 46 * bit, y + 19, f"{bit:0{BITS}b}", 11, GREY, "middle")
    canvas.text(x, y + 112, "children", 13, GREY)
    for number, bit in enumerate(sorted(node.children)):
        canvas.box(x + 74 + 46 * number, y + 93, 46, 28)
        canvas.text(x + 97 + 46 * number, y + 112, f"[{number}]", 13, BLACK, "middle")
        canvas.line(x + 97 + 46 * bit, y + 54, x + 97 + 46 * number, y + 93)
    many = place != 1
    for line, text in enumerate((
            f"A hash that begins with {chunk:0{BITS}b}: the bit is set, and {place} bit{'s' * many} below it",
            f"{'are' if many else 'is'} set too, so the child is number {place}. No place is kept for",
            "children that are not there.")):
        canvas.text(x, y + 148 + 19 * line, text, 13)


def draw():
    """The figure as SVG."""
    canvas = Canvas()
    fixed, lazy = build(list(KEYS), lazy=False), build(list(KEYS), lazy=True)
    draw_hashes(canvas, 30, 30)
    draw_node_close(canvas, fixed, 520, 30)
    for trie, left, name in ((fixed, 20, "Every leaf below the last level"),
                             (lazy, 510, "A leaf where its prefix is first alone")):
        nodes = trie.inner()
        chains = sum(len(node.children) == 1 for node in nodes)
        told = f", {chains} of them with one child" if chains else ", all of which branch"
        canvas.text(left + 10, TOP - 32, name, weight="bold")
        canvas.text(left + 10, TOP - 13, f"{len(nodes)} inner node{'s' * (len(nodes) != 1)}{told}", 13)
        draw_trie(canvas, trie, {leaf.key: left + (number + 0.5) * COLUMN for number, leaf in enumerate(trie.leaves())})
    height = TOP + LEVELS * ROW + 84
    for x, colour, text in ((30, BLUE, "a node that branches; a full cell has a child"),
                            (520, VERMILION, "a node with one child: nothing parts there")):
        canvas.box(x, height - 36, CELL, CELL, colour, colour)
        canvas.text(x + 24, height - 23, text, 13)
    return canvas.svg(height, "A small hash array mapped trie, with leaves at a fixed depth and with lazy expansion")


def hamt_figure(out=OUT):
    """Draws a small trie for readers who have never met one."""
    pathlib.Path(out).write_text(draw(), encoding="utf-8")
