"""Executes the notebooks on stored results.

The notebooks themselves stay as they are, without outputs: what is executed is a copy, written to
OUT as a notebook and as a page of HTML that needs nothing else.  The figures go to DIR/figures.
Each notebook has a kernel of its own.  One that fails is told in one line, and the others go on.
"""
import importlib
import os
import sys
import tempfile
import time

from . import store
from .command import BadSetting, Failure
from .question import VARIABLE

HERE = store.ROOT / "notebooks"
OUT = store.ROOT / "build" / "notebooks"
TIME_LIMIT = 600  # seconds for one cell, and for a kernel to start
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; line-height: 1.4; max-width: 72em; margin: 2em auto; }}
pre {{ background: #f4f4f4; padding: 0.5em; overflow-x: auto; white-space: pre-wrap; }}
img {{ max-width: 100%; height: auto; }}
.anchor-link {{ display: none; }}
</style>
{body}
</html>
"""


def notebooks():
    return sorted(HERE.glob("*.ipynb"))


def jupyter():
    """The modules nbformat, nbclient, nbconvert and traitlets.config."""
    try:
        return list(map(importlib.import_module, ("nbformat", "nbclient", "nbconvert", "traitlets.config")))
    except ImportError as lacking:
        raise Failure(f"{sys.executable}: {lacking}; make build/packages-notebooks installs it") from None


def execute(path, out):
    """Writes the executed copy of a notebook and its page."""
    nbformat, nbclient, nbconvert, configuration = jupyter()
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as room:
        # A kernel leaves nothing in the reader's home, and talks through files, not ports, of which
        # two that start at once might take the same.
        os.environ |= {"IPYTHONDIR": room, "JUPYTER_RUNTIME_DIR": room, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        kernel = configuration.Config({"KernelManager": {"transport": "ipc", "ip": f"{room}/kernel"}})
        client = nbclient.NotebookClient(
            notebook, timeout=TIME_LIMIT, startup_timeout=TIME_LIMIT, kernel_name="python3", record_timing=False,
            resources={"metadata": {"path": str(HERE)}}, config=kernel)
        try:
            client.execute()
        except nbclient.exceptions.CellExecutionError as error:
            raise Failure(f"{path.name}: {error.ename}: {error.evalue}") from None
        except (RuntimeError, TimeoutError) as error:  # of the kernel, not of a cell
            raise Failure(f"{path.name}: {error}") from None
    exporter = nbconvert.HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(notebook)
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ")  # the heading of its first cell
    for file, text in ((path.name, nbformat.writes(notebook) + "\n"),
                       (f"{path.stem}.html", PAGE.format(title=title, body=body))):
        with store.whole(out / file) as part:
            part.write_text(text, encoding="utf-8")


def execute_all(results=store.ROOT / "results", out=OUT, only=None):
    """executes notebooks/*.ipynb on RESULTS into OUT/*.html, figures into RESULTS/figures"""
    if not results.is_dir():
        raise BadSetting(f"RESULTS={results}: no such directory")
    os.environ[VARIABLE] = str(results.resolve())
    failed = []
    for path in only or notebooks():
        begun = time.monotonic()
        try:
            execute(path, out)
            print(f"{out / path.stem}.html  {time.monotonic() - begun:.0f} s", flush=True)
        except Failure as error:
            failed.append(path.name)
            print(f"notebooks: {error}", file=sys.stderr, flush=True)
    if failed:
        raise Failure(f"{len(failed)} did not come to their end: {', '.join(failed)}")
