"""The paper, from its template and stored results.

No figure in the paper is typed: the template (notebooks/paper/paper.md) is Markdown with Jinja2 expressions, and each
figure is what a word of lab.paper.words or a table of lab.paper.tables makes of the stored results:

    {{ ratio("get", "lazy/list", in="fixes") }}    a word
    {{ table("NAME", "caption") }}        a table, numbered
    {{ figure("NAME", "caption") }}       a drawing of notebooks/paper or of DIR/figures, numbered
    {{ see("table", "NAME") }}            its number
    {% if stored("NAME") %} {% endif %}   what is said only where results of a plan are there
    {{ command("make x", plan="NAME") }}  how to print it and how to measure it anew
    [F07]                                 a finding of results/audit/findings.csv
    [@bagwell2001]                        a work of notebooks/paper/references.bib; pandoc's citeproc lists them

What is written must be so: if a figure was not measured, or a finding that is cited does not hold, nothing is built;
each is told with its line, status 1.  With OWN=1, for results of another machine, such a finding is printed as what it
came to there; with DRAFT=1 the same, and what was not measured is left open.  What the template itself has wrong is
never let pass.
"""
import functools
import inspect
import os
import pathlib
import re
import sys

import jinja2
from jinja2 import nodes

from .. import store
from ..audit.evidence import EXPERIMENTS
from ..command import BadSetting, Failure, output
from ..results import NotMeasured
from ..verdicts import HOLDS
from . import tables, words
from .lint import CITED, lint
from .sources import Sources

HERE = store.ROOT / "notebooks" / "paper"
TEMPLATE, BIBLIOGRAPHY, STYLE = HERE / "paper.md", HERE / "references.bib", HERE / "page.css"
PAPER = store.ROOT / "PAPER.md"
NOTE = ("<!-- Made by `make paper` from notebooks/paper/paper.md and the stored results: what is"
        " changed here is lost. -->")
OPEN = "*not measured*"
KINDS = {"table": "Table", "figure": "Figure"}
# A pipe table's lines are as long as they are; CITED stands in brackets as a link.
PANDOC = ["pandoc", "--from=markdown-smart-implicit_figures-auto_identifiers+gfm_auto_identifiers", "--columns=100000",
          "--wrap=preserve", "--citeproc", f"--bibliography={BIBLIOGRAPHY}", "--metadata=link-citations=true"]


class TemplateError(Failure):
    """The template makes no sense; the text says where."""


def line_now():
    """The template's line that is being rendered."""
    frame = sys._getframe()
    while "__jinja_template__" not in frame.f_globals:
        frame = frame.f_back
    return frame.f_globals["__jinja_template__"].get_corresponding_lineno(frame.f_lineno)


class Paper:
    """One building of the paper.  problems: [(line, what was not measured or does not hold)]."""

    def __init__(self, sources, text, directory, bibliography=BIBLIOGRAPHY):
        self.sources, self.text = sources, text
        self.directory = pathlib.Path(directory)  # in which the Markdown file lies
        self.works = set(re.findall(r"^@\w+\{(\w+),", bibliography.read_text(encoding="utf-8"), re.M))
        self.environment = jinja2.Environment(undefined=jinja2.StrictUndefined, comment_start_string="{%#",
                                              comment_end_string="#%}")  # {#name} is pandoc's
        self.words = words.Words(sources)
        self.tables = tables.tables_of(sources)
        vocabulary = words.public(self.words) | {each.__name__: each for each in (self.table, self.figure, self.see,
                                                                                  self.command)}
        self.environment.globals = {name: self.placed(name, function) for name, function in vocabulary.items()}
        self.environment.globals |= {"cited": self.cited, "stored": self.stored}
        self.source = CITED.sub(r'{{ cited("\1") }}', text)
        try:
            self.calls = self._said(self.environment.parse(self.source))
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"paper.md: line {error.lineno}: {error.message}") from None
        self.problems = []
        self.numbers = self._number()
        self._check()

    # ---- The template itself ----

    def _said(self, tree):
        """All calls but those below an `if` that asks for what is not stored.  Of no other `if` is it known before the
        paper is built what it says."""
        left_out = set()
        for each in tree.find_all(nodes.If):
            match each.test:
                case nodes.Call(node=nodes.Name(name="stored"), args=[nodes.Const(value=str(name))]) if not each.elif_:
                    unsaid = each.else_ if self.stored(name) else each.body
                case _:
                    raise jinja2.TemplateSyntaxError('an `if` takes stored("NAME"), and no `elif`', each.lineno)
            left_out |= {id(call) for line in unsaid for call in line.find_all(nodes.Call)}
        return [call for call in tree.find_all(nodes.Call) if id(call) not in left_out]

    def _called(self, *names):
        """(line, name, its arguments) of the calls of these words."""
        for call in self.calls:
            if call.node.name in names:
                yield call.lineno, call.node.name, [getattr(each, "value", None) for each in call.args]

    def _number(self):
        """{(kind, name): number} by first appearance."""
        numbers = {}
        for line, kind, (about, *_) in self._called(*KINDS):
            if (kind, about) in numbers:
                raise TemplateError(f"paper.md: line {line}: {kind} {about} stands twice")
            numbers[kind, about] = 1 + sum(other == kind for other, _ in numbers)
        return numbers

    def _check(self):
        """What is wrong whatever was measured."""
        wrong = lint(self.text)
        wrong += [(call.lineno, f"{call.node.name}: no word of the vocabulary") for call in self.calls
                  if call.node.name not in self.environment.globals]
        wrong += [(line, f"no table {about}; one of: {', '.join(self.tables)}")
                  for line, _, (about, *_) in self._called("table") if about not in self.tables]
        wrong += [(line, f"{kind} {about}: nothing of that name stands there")
                  for line, _, (kind, about) in self._called("see") if (kind, about) not in self.numbers]
        findings = {finding["id"] for finding in self.sources.findings}
        wrong += [(line, f"results/audit/findings.csv has no {name}")
                  for line, _, (name,) in self._called("cited") if name not in findings]
        cited = set(re.findall(r"@(\w+)", self.text))
        wrong += [(0, f"no reference {key}") for key in sorted(cited - self.works)]
        wrong += [(0, f"{key} is never cited") for key in sorted(self.works - cited)]
        if wrong:
            raise TemplateError("\n".join(f"paper.md: line {line}: {text}" if line else f"paper.md: {text}"
                                          for line, text in sorted(wrong)))

    # ---- Words ----

    def placed(self, name, function):
        """The word as the template calls it: with an end that is told by line."""
        def call(*arguments, **options):
            try:
                inspect.signature(function).bind(*arguments, **options)
            except TypeError as error:
                raise TemplateError(f"paper.md: line {line_now()}: {name}: {error}") from None
            try:
                return function(*arguments, **options)
            except (NotMeasured, store.StoreError) as error:
                about = ", ".join(map(repr, [*arguments[:2], *options.values()]))
                self.problems.append((line_now(), f"{name}({about}): not measured: {error}"))
                return f"{self.caption(name, *arguments)} {OPEN}" if name in KINDS else OPEN
            except (BadSetting, words.NoSuchWord) as error:
                raise TemplateError(f"paper.md: line {line_now()}: {name}: {error}") from None
        return call

    def table(self, name, caption):
        return f"{self.caption('table', name, caption)}\n\n{self.tables[name]().markdown()}"

    def figure(self, name, caption):
        file = f"{name}.svg"
        place = next((path for path in (HERE / file, self.sources.directory / "figures" / file) if path.exists()), None)
        if place is None:
            raise NotMeasured(f"the figure {file}")
        where = pathlib.Path(os.path.relpath(place, self.directory)).as_posix()
        return f"![{caption}]({where})\n\n{self.caption('figure', name, caption)}"

    def caption(self, kind, name, caption):
        return f"**{self.see(kind, name)}.** {caption}"

    def see(self, kind, name):
        return f"{KINDS[kind]} {self.numbers[kind, name]}"

    def command(self, typed, plan=None, anew=None):
        """How to print what stands above, and how to measure it anew."""
        text = f"*Printed by* `{typed}`"
        if plan:
            return text + (f"*; measured anew by* `make PLAN=experiments/{plan}.plan experiment`*,"
                           f" {self.words.took(plan)} and {self.words.processes(plan)} processes a cell here.*")
        return text + (f"*; measured anew by* `{anew}`" if anew else "") + "*.*"

    def stored(self, name):
        """Whether the results have what this plan measures."""
        return (self.sources.directory / "runs" / name / "experiment.csv").exists()

    def cited(self, name):
        """A link to a finding's row in the appendix, and what it came to if it does not hold."""
        outcome = self.sources.finding_outcomes[name]
        if outcome.verdict == HOLDS:
            return f"[[{name}](#{name.lower()})]"
        self.problems.append((line_now(), f"[{name}] {outcome.verdict}: {outcome.measured}"))
        return f"[[{name}](#{name.lower()}): {outcome.verdict} here]"

    # ---- Building ----

    @functools.cached_property
    def rendered(self):
        """Markdown as pandoc takes it; problems are those of this building."""
        return self.environment.from_string(self.source).render()

    def markdown(self):
        """The whole text as it is read, references and all."""
        return f"{NOTE}\n\n{pandoc(self.rendered, '--to=gfm').strip()}\n"

    def page(self):
        """One HTML page that needs nothing else: style and figures are in it."""
        title = re.search(r"^# (.*)$", self.rendered, re.M)
        return pandoc(self.rendered, "--to=html5", "--self-contained", f"--css={STYLE}", "--metadata",
                      f"pagetitle={title[1] if title else 'hamtlab'}", cwd=self.directory)


def pandoc(text, *options, cwd=None):
    return output(*PANDOC, *options, given=text.encode(), where=cwd, said=lambda lines: "pandoc: " + "\n".join(lines),
                  absent="pandoc is missing: make build/packages-paper").decode()


def missing(sources):
    """What was not measured at all, and what would measure it: lines of text."""
    lost = [name for name in EXPERIMENTS if name not in sources.experiments]
    if lost:
        yield f"experiments not there: {', '.join(lost)} (make results, for those with a plan)"
    for directory, what, command in ((sources.directory, "runs/instrument-aa/experiment.csv", "make instrument"),
                                     (sources.directory, "runs/superslab/experiment.csv", "make superslab-results"),
                                     (sources.counted, "audit/trees.csv", "make audit-counts"),
                                     (sources.counted, "counts/counts.csv", "make recount")):
        if not (directory / what).exists():
            yield f"{what} not there ({command})"


def complaint(problems):
    return "\n".join(f"paper.md: line {line}: {text}" for line, text in sorted(problems))


def paper(results=store.ROOT / "results", draft=False, html=store.ROOT / "build" / "paper.html"):
    """writes PAPER.md and HTML; of RESULTS that are not the committed ones RESULTS/PAPER.md, which says what differs"""
    if not results.is_dir():
        raise BadSetting(f"RESULTS={results}: no such directory")
    own = results.resolve() != (store.ROOT / "results").resolve()
    path = results / "PAPER.md" if own else PAPER
    made = Paper(Sources(results.resolve()), TEMPLATE.read_text(encoding="utf-8"), path.resolve().parent)
    text = made.markdown()
    if made.problems and not (own or draft):
        raise Failure(f"not built: {len(made.problems)} figures or findings are missing or do not hold (DRAFT=1 leaves"
                      f" them open)\n{complaint(made.problems)}"
                      + "".join(f"\n{line}" for line in missing(made.sources)))
    for file, content in ((path, text), (html, made.page())):
        with store.whole(file) as part:
            part.write_text(content, encoding="utf-8")
    if made.problems:
        print(complaint(made.problems), file=sys.stderr)
    print(path, html, *([f"{len(made.problems)} left open"] if made.problems else []), sep="\n")
