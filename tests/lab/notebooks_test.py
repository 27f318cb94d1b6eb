#!/usr/bin/env python3
"""The notebooks: they are stored without outputs, ask only what there is to ask, and come to their
end, with results and without."""
import ast
import contextlib
import importlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import browser
from drawn import answer
from made_store import ROOT, RUN, build_runner, empty, add
from paths import room
from lab import command
from lab import question
from lab import ladder, notebooks as execute
from lab.question import Question, Results

NUMBERS = ["01", "02", "03", "04", "05", "06", "07"]
NOTEBOOKS = execute.notebooks()
LAB = ROOT / "notebooks" / "lab"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def text_of(cell):
    return "".join(cell["source"])


def code_of(notebook):
    return "\n".join(text_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "code")


def asked(code):
    """[(module, name)] of all that the code answers."""
    return [(call.args[0].value.id, call.args[0].attr) for call in ast.walk(ast.parse(code))
            if isinstance(call, ast.Call) and call.func.id == "answer"]


def questions():
    """{(module, name): Question} of all modules of the lab."""
    found = {}
    for path in sorted(path for path in LAB.rglob("*.py") if " = Question(" in path.read_text()):
        module = importlib.import_module(".".join(path.relative_to(LAB.parent).with_suffix("").parts))
        found |= {(path.stem, name): value for name, value in vars(module).items() if isinstance(value, Question)}
    return found


class Stored(unittest.TestCase):
    def test_there_are_seven(self):
        self.assertEqual([path.name[:2] for path in NOTEBOOKS], NUMBERS)

    def test_nothing_of_an_execution_is_stored(self):
        for path in NOTEBOOKS:
            for cell in read(path)["cells"]:
                with self.subTest(notebook=path.name, cell=cell["id"]):
                    self.assertEqual(cell["metadata"], {})
                    if cell["cell_type"] == "code":
                        self.assertEqual((cell["outputs"], cell["execution_count"]), ([], None))

    def test_they_are_laid_out_as_jupyter_does(self):
        """So that saving one without a change changes nothing."""
        for path in NOTEBOOKS:
            self.assertEqual(path.read_text(encoding="utf-8"), json.dumps(
                read(path), indent=1, sort_keys=True, ensure_ascii=False) + "\n", path.name)
            identities = [cell["id"] for cell in read(path)["cells"]]
            self.assertEqual(len(set(identities)), len(identities))

    def test_each_question_has_its_heading_one_call_and_what_to_see(self):
        for path in NOTEBOOKS:
            cells = read(path)["cells"]
            self.assertTrue(text_of(cells[0]).startswith(f"# {path.name[:2]} "))
            for at, cell in enumerate(cells):
                for place in asked(text_of(cell)) if cell["cell_type"] == "code" else ():
                    with self.subTest(question=place):
                        self.assertEqual(text_of(cell), f"answer({'.'.join(place)})")
                        heading = text_of(cells[at - 1]).splitlines()[0]
                        self.assertEqual(heading, f"## {questions()[place].title}")
                        self.assertEqual(cells[at + 1]["cell_type"], "markdown")

    def test_every_question_is_asked_once_and_has_files_of_its_own(self):
        every = [place for path in NOTEBOOKS for place in asked(code_of(read(path)))]
        self.assertEqual(len(set(every)), len(every))
        known = questions()
        self.assertLessEqual(set(every), set(known))
        names = [known[place].name for place in every]
        self.assertEqual(len(set(names)), len(names))
        for place in every:
            self.assertTrue(known[place].title.endswith("?"))

    def test_each_is_drawn_of_the_stored_results_with_nothing_in_its_way_and_tells_what_to_see(self):
        stored = Results(ROOT / "results")
        for place, one in questions().items():
            with self.subTest(question=place):
                points, told = answer(one, one.read(stored))
                self.assertTrue(all(told) and any(map(any, points.values())))

    def test_prose_has_no_measured_figures(self):
        """Numbers come from the data: prose may name scales and settings, not times or ratios."""
        for path in NOTEBOOKS:
            for cell in read(path)["cells"]:
                if cell["cell_type"] == "markdown":
                    self.assertNotRegex(text_of(cell), r"\d\.\d|\d\s*(ns|%|times)\b(?<!95 %)")


class Executed(unittest.TestCase):
    """The code as a kernel runs it, but without one."""

    def run_all(self, directory):
        """{notebook: what it prints}"""
        printed = {}
        for path in NOTEBOOKS:
            with mock.patch.object(question, "_results", lambda: Results(directory)), \
                    mock.patch.object(question, "show"), \
                    contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(code_of(read(path)), path.name, "exec"), {"__name__": "__main__"})
            printed[path.name] = out.getvalue()
        return printed

    def test_without_results_each_question_is_one_line(self):
        with tempfile.TemporaryDirectory() as room:
            for name, text in self.run_all(room).items():
                wanted = len(asked(code_of(read(ROOT / "notebooks" / name))))
                lines = text.splitlines()
                self.assertEqual(len(lines), wanted, name)
                for line in lines:
                    self.assertRegex(line, r"^[A-Z].*\?  .*not measured[:;] .*(make \S+|any composition)")
            self.assertEqual(list(pathlib.Path(room).iterdir()), [])


def ladder_results(directory):
    """Results with nothing but a made experiment of the ladder."""
    build_runner()
    times = {step: [1000 / (1 + place) + block for block in range(6)] for place, step in enumerate(ladder.STEPS)}
    store = directory / "s.sqlite"
    with contextlib.closing(empty(store)) as connection:
        add(connection, "made", {(op, ladder.ENTRIES): times for op in ladder.OPS})
    runs = directory / "results" / "runs"
    runs.mkdir(parents=True)
    subprocess.run([RUN, "--store", store, "--export", runs, "--experiment", "made"], check=True, capture_output=True)
    exported, = runs.iterdir()
    exported.rename(runs / "fixes")
    return directory / "results"


def has_jupyter():
    try:
        execute.jupyter()
    except command.Failure:
        return False
    return True


class Make(unittest.TestCase):
    """What `make notebooks` runs."""

    def setUp(self):
        self.room = room(self)

    def execute(self, *arguments):
        return subprocess.run([sys.executable, "-B", "-m", "lab", "notebooks",
                               f"OUT={self.room / 'out'}", *arguments], cwd=ROOT,
                              text=True, capture_output=True,
                              env=os.environ | {"PYTHONPATH": "notebooks"})

    @unittest.skipUnless(has_jupyter(), "there is no Jupyter")
    def test_a_notebook_is_executed_twice_with_the_same_bytes(self):
        results, notebook = ladder_results(self.room), NOTEBOOKS[0]
        source = notebook.read_bytes()
        seen = []
        for _ in range(2):
            done = self.execute(f"RESULTS={results}", f"ONLY={notebook}")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            files = sorted([*(self.room / "out").iterdir(), *(results / "figures").iterdir()])
            seen.append({path.name: path.read_bytes() for path in files})
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(set(seen[0]), {f"{notebook.stem}.html", notebook.name, "ladder.svg",
                                        "ladder.png", "ladder-scales.svg", "ladder-scales.png"})
        outputs = [output for cell in json.loads(seen[0][notebook.name])["cells"] for output in cell.get("outputs", ())]
        told = "".join("".join(output.get("text", "")) for output in outputs)
        self.assertIn("put, shuffled keys: the step that gains most is phase1, to 0.50", told)
        self.assertRegex(told, r"How large was the gap, like compared with like\?  \S+seeds: not measured")
        self.assertTrue(any("image/png" in output.get("data", {}) for output in outputs))
        page = seen[0][f"{notebook.stem}.html"].decode()
        self.assertIn("<title>01 The ladder</title>", page)
        self.assertNotRegex(re.sub(r"base64,[\w+/=\s]*", "", page),
                            r"(src|href)=.?(https?:)?//")  # the page needs no network
        self.assertEqual(notebook.read_bytes(), source)
        self.assertEqual([path.name for path in ROOT.glob("kernel-*")], [])

    @unittest.skipUnless(has_jupyter(), "there is no Jupyter")
    @unittest.skipUnless(browser.CHROMIUM, browser.WHY_NOT)
    def test_a_browser_shows_the_figures(self):
        self.execute(f"RESULTS={ladder_results(self.room)}", f"ONLY={NOTEBOOKS[0]}")
        page = self.room / "out" / f"{NOTEBOOKS[0].stem}.html"
        seen = browser.inks(page)
        self.assertEqual(len(seen), 2)
        self.assertGreater(min(seen), 0.02)
        blank = self.room / "blank.html"
        blank.write_text('<svg width="400" height="300"></svg><img alt="words"' ' src="data:image/png;base64,AAAA">')
        self.assertEqual(browser.inks(blank), [0, 0])

    @unittest.skipUnless(has_jupyter(), "there is no Jupyter")
    def test_a_cell_that_fails_is_one_line_and_a_status(self):
        broken = self.room / "broken.ipynb"
        shutil.copy(NOTEBOOKS[0], broken)
        broken.write_text(broken.read_text().replace("answer(ladder.GAIN)", "answer(ladder.LOSS)"))
        (self.room / "results").mkdir()
        done = self.execute(f"RESULTS={self.room / 'results'}", f"ONLY={broken}")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines(), [
            "notebooks: broken.ipynb: AttributeError: module 'lab.ladder' has no attribute"
            " 'LOSS'", "notebooks: 1 did not come to their end: broken.ipynb"])
        self.assertFalse((self.room / "out").exists())

    def test_results_that_are_not_there_are_refused(self):
        done = self.execute(f"RESULTS={self.room / 'nowhere'}")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^notebooks: RESULTS=.*nowhere: no such directory\n$")

    def test_without_jupyter_what_installs_it_is_told(self):
        with mock.patch.dict(sys.modules, nbformat=None):
            with self.assertRaisesRegex(command.Failure, "make build/packages-notebooks"):
                execute.execute(NOTEBOOKS[0], self.room)


if __name__ == "__main__":
    unittest.main()
