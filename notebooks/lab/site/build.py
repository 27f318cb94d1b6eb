"""Puts the page together: build/site/index.html, which has style and program in it, and its data beside it.

A page that is opened from disk may load no data, but scripts.  So each file of data is one, data/NAME.js, and calls
hamtlab(NAME, data): index.js at once, an experiment's when it is looked at, its samples when a point is opened.
"""
import base64
import hashlib
import pathlib
import re
import shutil

from .. import drawing, sequential
from ..command import Failure
from ..results import RESULTS, of_export
from ..settings import baseline
from ..stats import sign_test_rank
from ..store import ROOT
from . import contributed, documents, export, parts, studies

WEB, BUNDLE = ROOT / "web", ROOT / "build" / "web"
COLOURS = {"blue": drawing.BLUE, "vermilion": drawing.VERMILION, "green": drawing.GREEN, "orange": drawing.ORANGE,
           "grey": drawing.GREY}
APART = ("samples", "levels")  # of an experiment, what is loaded when a point is opened


def script(name, data):
    """The text of data/NAME.js."""
    return f"hamtlab({export.text_of(name)},{export.text_of(data)})\n"


def question_of(name):
    """What the plan of this name is about, the first sentence of its opening comment without how long it takes; empty
    if the tree has no such plan."""
    path = ROOT / "experiments" / f"{name}.plan"
    if not path.exists():
        return ""
    opening = re.match(r"(?:#.*\n)*", path.read_text(encoding="utf-8"))[0]
    words = " ".join(line.strip("# ") for line in opening.splitlines())
    sentence = re.match(r".*?(?:[.?](?= )|$)", words)[0]
    return re.sub(r"(?:[:,] about [^:,]*| \([^)]*\))$", "", sentence.rstrip("."))


def summary(found, file, contributor=None, plan=None):
    """What the list of experiments tells of one before it is loaded; its plan's name, unless that is its own."""
    return {**{name: found[name] for name in ("id", "name", "started", "status", "commit", "dirty", "plan", "failed",
                                             "sequential")},
            "about": question_of(plan or found["name"]), "machine": found["machine"]["id"],
            "file": file, "contributor": contributor,
            "variants": sorted({one[0] for one in found["competitors"]}), "cells": found["cells"],
            "ops": sorted({cell[0] for cell in found["cells"]}),
            "baseline": baseline({one[0] for one in found["competitors"]}),
            "processes": sum(time is not None for one in found["series"] for time in one["ns"])}


def of_report(about, name, report, command):
    """The same of an experiment that a report is about."""
    return {"id": about["id"], "name": name, "about": question_of(name),
            "started": about["started"], "status": about["status"],
            "commit": about["source_commit"], "dirty": about["dirty"] == "1", "machine": about["machine"],
            "report": report, "plan": command, "contributor": None, "processes": int(about["planned"]), "failed": 0}


def ranks(most):
    """By which up to so many values are cut off on either side, of both kinds of intervals (web/ratios.js)."""
    return {kind: [rank(count) for count in range(most + 1)]
            for kind, rank in (("fixed", sign_test_rank), ("sequential", sequential.rank))}


def experiments(results):
    """(summaries, machines, {file: data}, {report: text}) of all that is stored."""
    listed, machines, files = [], {}, {}

    def add(found, file, contributor=None, plan=None):
        machines.setdefault(found["machine"]["id"], found["machine"] | {"contributor": contributor})
        listed.append(summary(found, file, contributor, plan))
        files[file] = {key: value for key, value in found.items() if key not in APART}
        files[f"{file}.samples"] = {key: found[key] for key in APART}
    others = {}
    for path in sorted((results / "runs").glob("*/experiment.csv")):
        name = path.parent.name
        if name in studies.REPORTS:
            others[name] = about = studies.about(path.parent)
            machines.setdefault(about["machine"], export.machine_of(about) | {"contributor": None})
        else:
            stored = of_export(path.parent.resolve())
            add(export.of_experiment(stored, name), name, plan=stored.about["name"])
    texts, reported = studies.reports(results, others)
    listed += [of_report(others[name], name, *reported[name]) for name in sorted(reported)]
    for data in contributed.read_all(results / "contributed"):
        for number, found in enumerate(data["experiments"]):
            add(found, f"contributed-{data['name']}-{number}", data["name"])
    return listed, machines, files, texts


def write_page(out):
    """index.html: the page with its style and program in it.  Its policy lets nothing run but these and the data."""
    try:
        style, program = ((BUNDLE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    except OSError as error:
        raise Failure(f"{error.filename}: not built: make site builds it") from None
    colours = ":root{" + "".join(f"--{name}:{value};" for name, value in COLOURS.items()) + "}"
    page = (WEB / "page.html").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    for mark, text in {"@POLICY@": f"'sha256-{digest}'", "@STYLE@": colours + style, "@PROGRAM@": program}.items():
        page = page.replace(mark, text)
    (out / "index.html").write_text(page, encoding="utf-8")


def size_line(what, paths):
    import gzip
    paths = list(paths)
    packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)
    return f"{what}: {sum(path.stat().st_size for path in paths) / 1000:,.0f} kB, compressed {packed / 1000:,.0f} kB"


def site(results=RESULTS, out=ROOT / "build" / "site"):
    """writes OUT/index.html, which shows all stored results, its data, and the documents beside it"""
    results, out = pathlib.Path(results), pathlib.Path(out)
    if not (results / "runs").is_dir():
        raise Failure(f"{results}/runs: no such directory: make results measures what goes there")
    listed, machines, files, texts = experiments(results)
    if not listed:
        raise Failure(f"{results}/runs: has no experiment: make results measures some")
    space, sources = parts.design_space()
    most = max((len(one["ns"]) for found in files.values() for one in found.get("series", ())), default=0)
    shutil.rmtree(out, ignore_errors=True)
    data = out / "data"
    data.mkdir(parents=True)
    files |= {"index": {"experiments": listed, "machines": machines, "space": space,
                        "ranks": ranks(most)},
              "studies": studies.studies(results), "sources": sources, "reports": texts}
    for name, content in files.items():
        (data / f"{name}.js").write_text(script(name, content), encoding="utf-8")
    documents.write(out)
    write_page(out)
    print(size_line("page", [out / "index.html"]), size_line("data", data.iterdir()), out / "index.html", sep="\n")
