"""What is typed in the paper's template that should not be: figures, and judgements without support."""
import itertools
import re

CITED = re.compile(r"\[(F\d\d)\]")
# Neither code nor expressions nor addresses are typed figures.
NOT_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\{\{.*?\}\}|<!--.*?-->|\]\([^)]*\)|https?://\S+", re.S)
NUMBER = r"(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|hundred)"
UNIT = (r"(?:%|per cent|percent|times|ns\b|nanoseconds?|us\b|microseconds?|ms\b|milliseconds?"
        r"|seconds?|minutes?|cycles?|bytes?|[KMG]i?B\b|Mop/s|x\b)")
TYPED = re.compile(rf"\b{NUMBER}(?:\s|-| to )*{UNIT}", re.I)
# Words that only results may say: a finding or an expression must stand in the same paragraph.
JUDGEMENT = re.compile(r"\b(?:faster|slower|cheaper|dearer|fastest|slowest|no difference)\b", re.I)


def line_of(text, place):
    return text.count("\n", 0, place) + 1


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
                          f"{match[0]!r} in a paragraph without a finding or a figure"))
        start += len(paragraph)
    return sorted(found)
