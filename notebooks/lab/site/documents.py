"""The paper and the pages of docs/ as HTML beside the page: what they link to among themselves works there, too."""
import concurrent.futures
import json
import os
import pathlib
import re

from ..paper.build import STYLE, pandoc
from ..store import ROOT


def sources():
    """{name of the page: its source}"""
    found = [*(ROOT / "docs").rglob("*.md"), *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG"))]
    return {pathlib.Path("paper.html"): ROOT / "PAPER.md",
            **{path.relative_to(ROOT).with_suffix(".html"): path for path in found}}


def relinked(node, source, page, pages):
    """A node of pandoc's tree, with links to other pages led to them, and those to other files in the tree taken away:
    their text is the path."""
    if isinstance(node, list):
        return [relinked(each, source, page, pages) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("t") == "Link":
        attributes, text, (target, title) = node["c"]
        path, hash_sign, place = target.partition("#")
        if path and ":" not in path:
            there = pages.get((source.parent / path).resolve())
            if not there:
                return {"t": "Span", "c": [["", [], []], text]}
            target = os.path.relpath(there, page.parent) + hash_sign + place
        return {"t": "Link", "c": [attributes, relinked(text, source, page, pages), [target, title]]}
    return {key: relinked(value, source, page, pages) for key, value in node.items()}


def link_to(target, text):
    """A paragraph of pandoc's tree."""
    return {"t": "Para", "c": [{"t": "Link", "c": [["", [], []], [{"t": "Str", "c": text}], [target, ""]]}]}


def write_one(source, page, pages, out):
    text = source.read_text(encoding="utf-8")
    tree = json.loads(pandoc(text, "--to=json"))
    title = re.search(r"^# (.*)$", text, re.M)[1]
    linked = relinked(tree, source, page, pages)
    linked["blocks"].insert(0, link_to(os.path.relpath("index.html", page.parent), "\u2190 all results"))
    html = pandoc(json.dumps(linked), "--from=json", "--to=html5", "--self-contained",
                  f"--css={STYLE}", "--metadata", f"pagetitle={title}", cwd=source.parent)
    path = out / page
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")


def write(out):
    """Writes all pages below a directory."""
    pages = {source.resolve(): page for page, source in sources().items()}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:  # pandoc does the work, in processes of its own
        for done in [pool.submit(write_one, source, page, pages, out) for source, page in pages.items()]:
            done.result()
