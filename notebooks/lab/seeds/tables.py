"""Every figure of the seed documents beside ours, table by table, with a verdict (lab.seeds.comparison).

Above each figure, or several, stands what it is about and against what it is held.
"""
from ..command import BadSetting
from ..printing import align, fields, paragraph, span_text, with_interval
from ..experiment import describe, print_failures
from ..results import RESULTS, exported
from .comparison import compare_stored, words_of
from .figures import CONTRADICTS, NAME, contradictions, place, read_figures, tally_text, unfounded

HEADER = ["figure", "seed", "ours", "seed x", "our x", "equal terms", "verdict"]
MARK = "*"
LEGEND = [
    ("seed", f"the figure as its document has it; {MARK}: the documents contradict themselves (the list at the end)"),
    ("ours", "the same quantity here; a time is a median over processes [95 % interval], of another machine than"
             " theirs"),
    ("seed x", "their time over that of what the line above names"),
    ("our x", "the same ratio here, pair by pair [95 % interval]"),
    ("equal terms", "ours where both have the same scale, pattern and operation, which theirs had not"),
    ("verdict", "whether their ratio or count holds here; a time alone cannot.  The rules:"
                " notebooks/lab/seeds/comparison.py"),
]


def subject_of(comparison):
    """What a figure is about, and against what it is held."""
    figure = comparison.figure
    about = figure.composition
    if about and figure.scale:
        about = f"{about} {words_of(place(figure)[1:])}"
    held = f"against {comparison.against}" if comparison.against else ""
    return ", ".join(filter(None, [about, held])) or "by itself"


def row_of(comparison, contradicted):
    figure = comparison.figure
    return ["  " + figure.row, figure.as_written + f" {MARK}" * (figure.id in contradicted), comparison.ours or "-",
            span_text(comparison.seed_ratio), with_interval(comparison.our_ratio),
            with_interval(comparison.equal_terms), comparison.told]


def rows_of(comparisons, contradicted):
    """The rows; a heading where the subject is another than before."""
    last = None
    for comparison in comparisons:
        subject = subject_of(comparison)
        if subject != last:
            yield subject
        yield row_of(comparison, contradicted)
        last = subject


def contradiction_lines(groups, ratios):
    for group in groups:
        first = group[0]
        yield paragraph(f"{first.composition or first.row} {first.op} {first.scale or ''} {first.kind}: "
                        + ", ".join(f"{f.as_written} ({f.id})" for f in group), "  ")
    for figure, implied in ratios:
        yield paragraph(f"{figure.row} {figure.as_written} ({figure.id}): its times make it"
                        f" {', '.join(sorted(set(map(span_text, implied))))}", "  ")


def seed_tables(document="", results=RESULTS):
    """Every figure of the seed documents, or of one, beside ours, with a verdict."""
    figures, experiment = read_figures(), exported(NAME, results)
    documents = sorted({figure.document for figure in figures})
    if document not in ("", *documents):
        raise BadSetting(f"DOCUMENT={document}: no such document; one of: {', '.join(documents)}")
    print(describe(experiment.about, experiment.runs), fields(LEGEND), sep="\n\n")
    groups, ratios = contradictions(figures), unfounded(figures)
    contradicted = {f.id for group in groups for f in group} | {f.id for f, _ in ratios}
    compared = [(key, group) for key, group in compare_stored(figures, results) if document in ("", key[0])]
    for (name, table), group in compared:
        print(f"\n{name} {table}: {group[0].figure.section}\n")
        print(align(HEADER, list(rows_of(group, contradicted)), figures=6, cell=0))
    listed = [comparison for _, group in compared for comparison in group]
    shown = {comparison.figure.id for comparison in listed}
    print("\nWhere the documents contradict themselves\n")
    print(*contradiction_lines([group for group in groups if shown & {f.id for f in group}],
                               [ratio for ratio in ratios if ratio[0].id in shown]), sep="\n")
    print("\n" + paragraph(f"{tally_text(listed)}; {len(contradicted & shown)} {CONTRADICTS}", "  "))
    print_failures(experiment.failed)
