#!/usr/bin/env python3
"""Builds the paper from its template and stored results.

    python3 -m lab.paper.build [--results DIR] [--own | --draft] [--markdown FILE] [--html FILE]

No figure in the paper is typed: the template (notebooks/paper/paper.md) names each with a word of
lab.paper.words or lab.paper.tables, and this program puts it there.  Beside those it knows

    {{table NAME "caption"}}        a table, numbered
    {{figure NAME "caption"}}       a drawing of notebooks/paper or of DIR/figures, numbered
    {{see table NAME}}              its number
    {{command "make x" plan=NAME}}  how to print it and how to measure it anew
    {{cite KEY}} {{references}}     notebooks/paper/references.bib
    [F07]                           a finding of results/audit/findings.csv

What is written must be so: if a figure was not measured, or a finding that is cited does not hold,
nothing is built; each is told with its line, status 1.  With --own, for results of another machine,
such a finding is printed as what it came to there; with --draft the same, and what was not measured
is left open.  What the template itself has wrong is never let pass.
"""
import os
import pathlib
import re
import sys
import textwrap

from .. import store
from ..audit.outcome import HOLDS
from ..audit.places import NotMeasured
from ..command import BadSetting, Failure, Parser, run_report
from . import (page as paper_page, tables, template as paper_template, words as paper_words,
               references)
from .sources import NAMES, Sources
from .template import CITED, Placeholder, TemplateError

HERE = store.ROOT / "notebooks" / "paper"
TEMPLATE, BIBLIOGRAPHY = HERE / "paper.md", HERE / "references.bib"
PAPER = store.ROOT / "PAPER.md"
NOTE = ("<!-- Made by `make paper` from notebooks/paper/paper.md and the stored results: what is"
        " changed here is lost. -->")
OPEN = "*not measured*"
KINDS = {"table": "Table", "figure": "Figure"}


class Paper:
    """One building of the paper.  problems: [(line, what was not measured or does not hold)]."""

    def __init__(self, sources, text, directory, bibliography=BIBLIOGRAPHY):
        self.sources, self.text = sources, text
        self.directory = pathlib.Path(directory)  # in which the Markdown file lies
        self.parts = paper_template.parse(text)
        self.works = references.read(bibliography)
        self.problems = []
        self.numbers = self._number()
        self._check()

    # ---- The template itself ----

    def _placeholders(self):
        return [part for part in self.parts if isinstance(part, Placeholder)]

    def _number(self):
        """{(kind, name): number} by first appearance."""
        numbers = {}
        for part in self._placeholders():
            if part.name in KINDS:
                key = part.name, part.about
                if key in numbers:
                    raise TemplateError(f"line {part.line}: {part.name} {part.about} stands twice")
                numbers[key] = 1 + sum(kind == part.name for kind, _ in numbers)
        return numbers

    def _check(self):
        """What is wrong whatever was measured."""
        wrong = paper_template.lint(self.text)
        known = {*paper_words.WORDS, *KINDS, "see", "command", "cite", "references"}
        for part in self._placeholders():
            if part.name not in known:
                wrong.append((part.line, f"{{{{{part.text}}}}}: no word of the vocabulary"))
            elif part.name == "table" and part.about not in tables.TABLES:
                wrong.append((part.line, f"no table {part.about}; one of:"
                                         f" {', '.join(tables.TABLES)}"))
            elif part.name == "cite" and part.about not in self.works:
                wrong.append((part.line, f"no reference {part.about}"))
            elif part.name == "see" and part.words not in self.numbers:
                wrong.append((part.line, f"{{{{{part.text}}}}}: nothing of that name stands there"))
        findings = {finding["id"] for finding in self.sources.findings}
        cited = paper_template.cited(self.text)
        wrong += [(line, f"[{name}]: results/audit/findings.csv has no such finding")
                  for name, line in cited if name not in findings]
        wrong += [(0, f"{name} is a finding that the paper does not cite")
                  for name in sorted(findings - {name for name, _ in cited})]
        read = {part.about for part in self._placeholders() if part.name == "cite"}
        wrong += [(0, f"{key} is a reference that the paper does not cite")
                  for key in self.works if key not in read]
        if wrong:
            raise TemplateError("\n".join(f"paper.md: line {line}: {text}" if line else
                                          f"paper.md: {text}" for line, text in sorted(wrong)))

    # ---- Blocks ----

    def table(self, placeholder):
        found = tables.TABLES[placeholder.about](self.sources)
        return f"{self.caption(placeholder)}\n\n{found.markdown()}"

    def figure(self, placeholder):
        name = f"{placeholder.about}.svg"
        place = next((path for path in (HERE / name, self.sources.directory / "figures" / name)
                      if path.exists()), None)
        if place is None:
            raise NotMeasured(f"the figure {name}")
        where = pathlib.Path(os.path.relpath(place, self.directory)).as_posix()
        return f"![{placeholder.words[1]}]({where})\n\n{self.caption(placeholder)}"

    def caption(self, placeholder):
        if len(placeholder.words) != 2:
            raise TemplateError(f"line {placeholder.line}: {{{{{placeholder.text}}}}}: wanted a"
                                " name and a caption in quotes")
        return f"**{self.number(placeholder.name, placeholder.about)}.** {placeholder.words[1]}"

    def number(self, kind, name):
        return f"{KINDS[kind]} {self.numbers[kind, name]}"

    def command(self, placeholder):
        """How to print what stands above, and how to measure it anew."""
        text = f"*Printed by* `{placeholder.about}`"
        plan = placeholder.options.get("plan")
        if plan:
            about = self.sources.experiment(plan)
            low, high = self.sources.processes(plan)
            processes = str(low) if low == high else f"{low} to {high}"
            return text + (f"*; measured anew by* `make PLAN=experiments/{plan}.plan experiment`*,"
                           f" {paper_words.minutes(about)} and {processes} processes a cell here.*")
        anew = placeholder.options.get("anew")
        return text + (f"*; measured anew by* `{anew}`" if anew else "") + "*.*"

    def references(self, _placeholder):
        return "\n".join(references.full(key, self.works[key]) for key in sorted(
            self.works, key=lambda key: (references.families(self.works[key]), key)))

    def see(self, placeholder):
        return self.number(*placeholder.words)

    def cite(self, placeholder):
        return references.link(placeholder.about, self.works[placeholder.about])

    # ---- Building ----

    def resolve(self, placeholder):
        blocks = {"table": self.table, "figure": self.figure, "command": self.command,
                  "references": self.references, "see": self.see, "cite": self.cite}
        try:
            if placeholder.name in blocks:
                return blocks[placeholder.name](placeholder)
            return paper_words.WORDS[placeholder.name](self.sources, placeholder)
        except (NotMeasured, store.StoreError) as error:
            about = textwrap.shorten(placeholder.text, 60, placeholder=" ...")
            self.problems.append((placeholder.line, f"{{{{{about}}}}}: not measured: {error}"))
            return (f"{self.caption(placeholder)} {OPEN}" if placeholder.name in KINDS else OPEN)
        except BadSetting as error:
            raise TemplateError(f"line {placeholder.line}: {{{{{placeholder.text}}}}}:"
                                f" {error}") from None

    def finding(self, name, line):
        """A link to its row in the appendix, and what it came to if it does not hold."""
        outcome = self.sources.finding_outcomes[name]
        if outcome.verdict == HOLDS:
            return f"[[{name}](#{name.lower()})]"
        self.problems.append((line, f"[{name}] {outcome.verdict}: {outcome.measured}"))
        return f"[[{name}](#{name.lower()}): {outcome.verdict} here]"

    def cite_findings(self, text, line):
        return CITED.sub(lambda match: self.finding(
            match[1], line + text.count("\n", 0, match.start())), text)

    def markdown(self):
        """The whole text; problems are those of this building."""
        self.problems, line, found = [], 1, []
        for part in self.parts:
            if isinstance(part, Placeholder):
                found.append(self.resolve(part))
                line = part.line + part.text.count("\n")
            else:
                found.append(self.cite_findings(part, line))
                line += part.count("\n")
        return NOTE + "\n\n" + re.sub(r"\n{3,}", "\n\n", "".join(found)).strip() + "\n"


def write(path, text):
    """The file is either the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def missing(sources):
    """What was not measured at all, and what would measure it: lines of text."""
    lost = [name for name in NAMES if name not in sources.evidence.stores]
    if lost:
        yield f"experiments not there: {', '.join(lost)} (make results, for those with a plan)"
    for what, command in (("runs/instrument-aa/experiment.csv", "make instrument, or make anew"),
                          ("runs/superslab/experiment.csv", "make superslab-results")):
        if not (sources.directory / what).exists():
            yield f"{what} not there ({command})"
    for what, command in (("audit/trees.csv", "make audit-counts"),
                          ("counts/counts.csv", "make recount")):
        if not (sources.counted / what).exists():
            yield f"{what} not there ({command})"


def complaint(problems):
    return "\n".join(f"paper.md: line {line}: {text}" for line, text in sorted(problems))


def report(arguments=None):
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--results", default=store.ROOT / "results", type=pathlib.Path)
    parser.add_argument("--own", action="store_true", help="of another machine: tell what differs")
    parser.add_argument("--draft", action="store_true", help="leave open what was not measured")
    parser.add_argument("--markdown", default=PAPER, type=pathlib.Path)
    parser.add_argument("--html", type=pathlib.Path)
    given = parser.parse_args(arguments)
    if not given.results.is_dir():
        raise BadSetting(f"--results {given.results}: no such directory")
    paper = Paper(Sources(given.results.resolve()), TEMPLATE.read_text(encoding="utf-8"),
                  given.markdown.resolve().parent)
    text = paper.markdown()
    if paper.problems and not (given.own or given.draft):
        raise Failure(f"not built: {len(paper.problems)} figures or findings are missing or do not"
                      f" hold (--draft leaves them open)\n{complaint(paper.problems)}"
                      + "".join(f"\n{line}" for line in missing(paper.sources)))
    page = paper_page.page(text, given.markdown.resolve().parent) if given.html else ""
    write(given.markdown, text)
    if given.html:
        write(given.html, page)
    if paper.problems:
        print(complaint(paper.problems), file=sys.stderr)
    print(*filter(None, (given.markdown, given.html)),
          *([f"{len(paper.problems)} left open"] if paper.problems else []), sep="\n")


if __name__ == "__main__":
    run_report("paper", report)
