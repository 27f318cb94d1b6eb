"""The paper's template: Markdown in which every figure is a placeholder, never a number.

    {{ratio get lazy/list in=fixes}}      a placeholder: a word of the vocabulary, what it is about,
                                          and options; quotes keep words together
    [F07]                                 a finding, whose test must hold with the stored results

The vocabulary is that of lab.paper.words, lab.paper.tables and lab.paper.build.  Here nothing is
known of it: a template is text and placeholders, each with its line, and there is a lint that finds
figures and judgements which were typed by hand.
"""
import itertools
import re
import shlex
from typing import NamedTuple

from ..command import Failure


class TemplateError(Failure):
    """The template makes no sense; the text begins with its line."""


class Placeholder(NamedTuple):
    line: int
    name: str
    words: tuple
    options: dict
    text: str  # as it is written

    @property
    def about(self):
        """What it is about, in one word: the name of a table or figure."""
        return self.words[0] if self.words else ""


PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.S)
OPTION = re.compile(r"([a-z]+)=(.*)", re.S)
CITED = re.compile(r"\[(F\d\d)\]")


def line_of(text, place):
    return text.count("\n", 0, place) + 1


def placeholder(text, line):
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise TemplateError(f"line {line}: {{{{{text}}}}}: {error}") from None
    if not words:
        raise TemplateError(f"line {line}: an empty placeholder")
    options = dict(match.groups() for match in map(OPTION.fullmatch, words[1:]) if match)
    return Placeholder(line, words[0], tuple(w for w in words[1:] if not OPTION.fullmatch(w)),
                       options, text)


def parse(text):
    """The template as a list of strings and Placeholders."""
    parts, end = [], 0
    for match in PLACEHOLDER.finditer(text):
        parts += [text[end:match.start()],
                  placeholder(match[1], line_of(text, match.start()))]
        end = match.end()
    rest = text[end:]
    for brace in ("{{", "}}"):
        if any(brace in part for part in [*parts[::2], rest]):
            at = next(i for i in range(len(text)) if text.startswith(brace, i))
            raise TemplateError(f"line {line_of(text, at)}: {brace} without its partner")
    return [*parts, rest]


def placeholders(text):
    return [part for part in parse(text) if isinstance(part, Placeholder)]


def cited(text):
    """[(id, line)] of the findings that are cited."""
    return [(match[1], line_of(text, match.start())) for match in CITED.finditer(text)]


# ---- What is typed that should not be ----

# Neither code nor placeholders nor addresses are typed figures.
NOT_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\{\{.*?\}\}|<!--.*?-->|\]\([^)]*\)|https?://\S+", re.S)
NUMBER = r"(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|hundred)"
UNIT = (r"(?:%|per cent|percent|times|ns\b|nanoseconds?|us\b|microseconds?|ms\b|milliseconds?"
        r"|seconds?|minutes?|cycles?|bytes?|[KMG]i?B\b|Mop/s|x\b)")
TYPED = re.compile(rf"\b{NUMBER}(?:\s|-| to )*{UNIT}", re.I)
# Words that only results may say: a finding or a placeholder must stand in the same paragraph.
JUDGEMENT = re.compile(r"\b(?:faster|slower|cheaper|dearer|fastest|slowest|no difference)\b", re.I)


def blank(match):
    """As many lines of nothing: line numbers stay.  Captions, in quotes, are prose."""
    if match[0].startswith("{{"):
        return "".join(part if odd else re.sub(r"[^\n]", " ", part) for odd, part in
                       zip(itertools.cycle((False, True)), match[0].split('"')))
    return re.sub(r"[^\n]", " ", match[0])


def lint(text):
    """[(line, what is wrong)]"""
    prose = NOT_PROSE.sub(blank, text)
    found = [(line_of(prose, match.start()),
              f"{' '.join(match[0].split())!r} is typed by hand: figures come from the store")
             for match in TYPED.finditer(prose)]
    start = 0
    for paragraph in re.split(r"(\n\s*\n)", text):
        supported = "{{" in paragraph or CITED.search(paragraph)
        match = JUDGEMENT.search(NOT_PROSE.sub(blank, paragraph))
        if match and not supported:
            found.append((line_of(text, start + match.start()),
                          f"{match[0]!r} in a paragraph without a finding or a placeholder"))
        start += len(paragraph)
    return sorted(found)
