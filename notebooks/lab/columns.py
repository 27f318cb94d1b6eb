"""Text in columns, on a page of 120 characters: what every report prints."""
import re
import textwrap

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


def narrowed(widths, least):
    """The widest columns are narrowed, down to their longest word, until the page holds them."""
    widths = list(widths)
    for _ in range(sum(widths) + len(GAP) * (len(widths) - 1) - WIDTH):
        foldable = [i for i, width in enumerate(widths) if width > least[i]]
        if foldable:
            widths[max(foldable, key=widths.__getitem__)] -= 1
    return widths


def widths_of(rows):
    columns = list(zip(*rows))
    widths = [max(map(len, column)) for column in columns]
    for whole in (FIGURE, INTERVAL):
        widths = narrowed(widths, [max(len(word) for cell in column
                                       for word in words_of(cell, whole).split(" "))
                                   for column in columns])
    return widths


def align(header, rows, figures=5, cell=None):
    """Text to the left, the last columns, the figures, to the right; a blank line where the cell
    changes: the first columns, by default all text but the last.  What is wider than the page goes on
    in the next line of its column.  A row that is a text, not a list, is a heading of those below."""
    text_columns = len(header) - figures
    cell = text_columns - 1 if cell is None else cell
    widths = widths_of([header, *(row for row in rows if not isinstance(row, str))])

    def lines_of(row):
        folded = [fold(text, width) for text, width in zip(row, widths)]
        for i in range(max(map(len, folded))):
            cells = [lines[i] if i < len(lines) else "" for lines in folded]
            yield GAP.join(text.ljust(width) if column < text_columns else text.rjust(width)
                           for column, (text, width) in enumerate(zip(cells, widths))
                           ).replace("\xa0", " ").rstrip()
    lines, last = [*lines_of(header), GAP.join("-" * width for width in widths)], None
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


def paragraph(text, indent=""):
    """Running text on the page; lines after the first are indented."""
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False)


def fields(pairs):
    """(name, text) line by line, the texts one below the other."""
    width = max(len(name) for name, _ in pairs) + 2
    return "\n".join(paragraph(name.ljust(width) + text, " " * width) for name, text in pairs)
