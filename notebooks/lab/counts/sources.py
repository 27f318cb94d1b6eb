"""Which function a line of our sources belongs to.

A compiler that inlines everything leaves of a hundred small functions one symbol, but it still
knows the line that each instruction was written on.  From the line to the function is a matter of
layout: clang-format puts a function's definition at the left margin, and the brace that ends it
alone at the margin too.
"""
import bisect
import functools
import re

ATTRIBUTES = re.compile(r"__attribute__\(\(.*?\)\)\)?|\b(?:_Noreturn|HOT|OUTLINED)\b")
NAME = re.compile(r"\b(\w+)\s*\(")
NOT_FUNCTIONS = ("#", "/", " ", "}", "{", "\t", "typedef", "_Static_assert")


def functions(text):
    """[(first line, last line, name)] of the functions defined in a C source, in their order."""
    found, header, first = [], "", 0
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not header:
            if not line or line.startswith(NOT_FUNCTIONS):
                continue
            first = number
        header += " " + line
        if line.endswith("\\"):  # of a macro
            header = ""
        elif line.endswith("{"):
            name = None if "=" in header else NAME.search(ATTRIBUTES.sub("", header))
            while number < len(lines) and not lines[number].startswith("}") and \
                    (name or not lines[number].endswith("};")):
                number += 1
            number += 1
            if name:
                found.append((first, number, name[1]))
            header = ""
        elif line.endswith(";") or line.endswith("}"):
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
