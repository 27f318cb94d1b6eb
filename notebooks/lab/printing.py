"""What every report prints: figures with three digits and their intervals, and text in columns on a page of 120
characters."""
import math
import re
import textwrap
from typing import NamedTuple

from .stats import Estimate

WIDTH = 120
GAP = "  "


# What stays in one piece where a cell is parted: a figure with its interval and mark; where even that
# is too wide, the interval and the mark.
FIGURE, INTERVAL = r"(\S+ )?\[[^]]*\]( \S( |$))?", r"\[[^]]*\]( \S( |$))?"


def words_of(cell, whole):
    """A cell in which blanks part words alone."""
    return re.sub(whole, lambda found: found[0].replace(" ", "\xa0"), cell)


def fold(cell, width):
    """The lines of a cell that is no wider than this, unless one word of it is."""
    if len(cell) <= width:
        return [cell]
    indent = " " * (len(cell) - len(cell.lstrip()))
    for whole in (FIGURE, INTERVAL):
        lines = textwrap.wrap(words_of(cell, whole), width, subsequent_indent=indent,
                              break_long_words=False, break_on_hyphens=False)
        if max(map(len, lines)) <= width:
            break
    return lines


def narrowed(widths, least, page):
    """The widest columns are narrowed, down to their longest word, until the page holds them."""
    widths = list(widths)
    for _ in range(sum(widths) + len(GAP) * (len(widths) - 1) - page):
        foldable = [i for i, width in enumerate(widths) if width > least[i]]
        if foldable:
            widths[max(foldable, key=widths.__getitem__)] -= 1
    return widths


def widths_of(rows, page):
    columns = list(zip(*rows))
    widths = [max(map(len, column)) for column in columns]
    for whole in (FIGURE, INTERVAL):
        widths = narrowed(widths, [max(len(word) for cell in column
                                       for word in words_of(cell, whole).split(" "))
                                   for column in columns], page)
    return widths


def align(header, rows, figures=5, cell=None, width=WIDTH):
    """Text to the left, the last columns, the figures, to the right; a blank line where the cell
    changes: the first columns, by default all text but the last.  What is wider than the page goes on
    in the next line of its column.  A row that is a text, not a list, is a heading of those below."""
    text_columns = len(header) - figures
    cell = text_columns - 1 if cell is None else cell
    widths = widths_of([header, *(row for row in rows if not isinstance(row, str))], width)
    gap = GAP if sum(widths) + len(GAP) * (len(widths) - 1) <= width else " "  # rather than off the page

    def lines_of(row):
        folded = [fold(text, width) for text, width in zip(row, widths)]
        for i in range(max(map(len, folded))):
            cells = [lines[i] if i < len(lines) else "" for lines in folded]
            yield gap.join(text.ljust(width) if column < text_columns else text.rjust(width)
                           for column, (text, width) in enumerate(zip(cells, widths))
                           ).replace("\xa0", " ").rstrip()
    lines, last = [*lines_of(header), gap.join("-" * width for width in widths)], None
    for row in rows:
        if isinstance(row, str):
            lines.append(paragraph(row))
            continue
        place = row[:cell]
        if last not in (None, place):
            lines.append("")
        lines += lines_of(row)
        last = place
    return "\n".join(lines)


class Table(NamedTuple):
    """Words to the left, figures to the right: a report prints it in columns, a page has it in Markdown, in which
    names stand in backticks."""
    header: list
    rows: list
    words: int  # columns of them

    def beside(self, place, name, texts, words=0):
        """The same with a column more, before the one in this place; words: 1 if it has words."""
        def put(row, text):
            return [*row[:place], text, *row[place:]]
        return Table(put(self.header, name), list(map(put, self.rows, texts)), self.words + words)

    def columns(self, cell=0):
        header, *rows = ([text.replace("`", "") for text in row] for row in [self.header, *self.rows])
        return align(header, rows, figures=len(header) - self.words, cell=cell)

    def markdown(self):
        rule = ["---"] * self.words + ["---:"] * (len(self.header) - self.words)
        return "\n".join("| " + " | ".join(cell.strip().replace("|", "\\|") for cell in line) + " |"
                         for line in [self.header, rule, *self.rows])


def paragraph(text, indent="", width=WIDTH):
    """Running text on the page; lines after the first are indented."""
    return textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False)


def fields(pairs):
    """(name, text) line by line, the texts one below the other."""
    width = max(len(name) for name, _ in pairs) + 2
    return "\n".join(paragraph(name.ljust(width) + text, " " * width) for name, text in pairs)


# ---- Figures ----

def code(name):
    """A name in a Table."""
    return f"`{name}`"


def short_scale(scale):
    for unit, size in (("M", 10 ** 6), ("K", 10 ** 3)):
        if scale >= size and scale % size == 0:
            return f"{scale // size}{unit}"
    return str(scale)


def digits(value):
    """Three significant digits, and no exponent; "-" for none, and for what is no number."""
    if value is None or math.isnan(value):
        return "-"
    decimals = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return f"{value:.{decimals}f}"


def span_text(span):
    """A range of values, or the one value that it is; "-" for none."""
    if span is None:
        return "-"
    low, high = digits(span.low), digits(span.high)
    return low if low == high else f"{low}-{high}"


def from_to(values):
    """The number that all of these are, or from which to which they go."""
    return " to ".join(str(value) for value in sorted({min(values), max(values)}))


def with_interval(figure, form=digits):
    if figure is None:
        return "-"
    if figure.low is None:
        return f"{form(figure.median)} [too few]"
    return f"{form(figure.median)} [{form(figure.low)} {form(figure.high)}]"


def unit_of(ns):
    """(unit, its nanoseconds) in which a time has up to three digits before the point."""
    return next(((unit, factor) for unit, factor in (("ns", 1), ("us", 1e3), ("ms", 1e6)) if ns < 1e3 * factor),
                ("s", 1e9))


def duration(ns):
    """A time with its interval, in its unit."""
    if ns is None:
        return "-"
    unit, factor = unit_of(ns.median)
    return with_interval(ns.scaled(1 / factor), lambda value: digits(value) + unit)


def throughput(time):
    """Millions of operations a second from nanoseconds an operation."""
    def invert(ns):
        return None if ns is None else 1000 / ns
    return Estimate(invert(time.median), invert(time.high), invert(time.low), time.count)


def count(number):
    """A count, thousands apart; what is expected of one, with three significant digits at least."""
    return f"{number:,.0f}" if number == int(number) or number >= 100 else digits(number)


def percent_off(found, expected):
    """By how much a figure is off what is expected of it."""
    if expected < 0.005:
        return "-" if found else "0"
    off = round(100 * (found / expected - 1), 2)
    return f"{off:+,.2f}" if off else "0"


def deviations_off(found, expected, deviation):
    """The same in standard deviations; "far" where chance leaves no room at all."""
    if deviation < 1e-3:
        return "far" if abs(found - expected) > 0.5 else "0"
    off = round((found - expected) / deviation, 2)
    return (f"{off:+,.2f}" if abs(off) < 100 else f"{off:+,.0f}") if off else "0"


def columns(header, rows):
    """A table without gaps: what a line is about to the left, and figures."""
    return align(header, rows, figures=len(header) - 1, cell=0)


# ---- Where results come from ----

def commit_of(about):
    """The sources of an experiment, by its row."""
    return (about["source_commit"] or "unknown")[:12] + " with changes" * bool(about["dirty"])


def moment(about):
    """When it began, UTC."""
    return about["started"][:16].replace("T", " ")


# ---- Names in their order ----

# The order in which operations and patterns are told; one that is not here comes last.
OPS = ["put", "put_batched", "put_many", "put_each", "insert10", "update", "get", "get_in_order", "get_chained",
       "get_batched", "get_many", "get_each", "miss", "mix", "iterate", "remove", "churn"]
PATTERNS = ["sequential", "shuffled", "random"]


def place(name, known):
    """Where something stands in a list; what is not in it comes last, by its name."""
    return (known.index(name) if name in known else len(known), name)


def op_order(op):
    return place(op, OPS)


def pattern_order(pattern):
    """Files of a user's own come after the patterns."""
    return place(pattern, PATTERNS)
