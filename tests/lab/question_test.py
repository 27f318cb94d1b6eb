#!/usr/bin/env python3
"""How a question is asked of stored results: what is there is drawn and told, what is not is told
in one line, and what cannot be read is an error."""
import contextlib
import io
import os
import pathlib
import subprocess
import tempfile
import unittest
from unittest import mock

from paths import room
from made_store import RUN, add, build_runner, empty
from lab import question, store
from lab.command import BadSetting
from lab.question import Question, Results
from lab.results import NotMeasured, exported


def fill(figure, data):
    figure.subplots().plot(data)


def asked(read):
    return Question("Is it there?", "there", (3, 2), read, fill, lambda data: [f"{len(data)} seen"])


class Answers(unittest.TestCase):
    def setUp(self):
        self.room = room(self)
        self.results = Results(self.room)

    def answer(self, read):
        with contextlib.redirect_stdout(io.StringIO()) as out, mock.patch.object(question, "show") as show:
            question.answer(asked(read), self.results)
        return out.getvalue(), show

    def test_a_figure_is_written_shown_and_told_about(self):
        text, show = self.answer(lambda results: [1, 2, 3])
        self.assertEqual(text, "3 seen\n")
        (shown, about), _ = show.call_args
        self.assertEqual((shown, about.name), (self.room / "figures" / "there.png", "there"))
        self.assertEqual(sorted(path.name for path in (self.room / "figures").iterdir()), ["there.png", "there.svg"])

    def test_what_is_not_measured_is_one_line_and_no_figure(self):
        text, show = self.answer(lambda results: exported("seeds", results.directory))
        self.assertEqual(text, f"Is it there?  {self.room}/runs/seeds: not measured; make results measures it\n")
        show.assert_not_called()
        self.assertFalse((self.room / "figures").exists())

    def test_what_cannot_be_read_is_an_error(self):
        (self.room / "runs" / "seeds").mkdir(parents=True)
        (self.room / "runs" / "seeds" / "experiment.csv").write_text("this,is\nno,export\n")
        build_runner()
        with self.assertRaises(store.StoreError) as caught:
            self.answer(lambda results: exported("seeds", results.directory))
        self.assertNotIsInstance(caught.exception, NotMeasured)

    def test_an_empty_part_is_not_measured(self):
        with self.assertRaisesRegex(NotMeasured, "have no put at 1K"):
            question.demand([], "put at 1K")
        self.assertEqual(question.demand([1], "put"), [1])

    def test_an_experiment_is_read_once_with_its_machine(self):
        build_runner()
        with empty(self.room / "s.sqlite") as connection:
            add(connection, "e1", {("put", 1000): {"list": [10.0, 20.0]}},
                caches='[{"level": 1, "type": "Data", "size": 32768}]')
        connection.close()
        subprocess.run([RUN, "--store", self.room / "s.sqlite", "--export", self.room / "runs",
                        "--experiment", "e1"], check=True, capture_output=True)
        directory, = (self.room / "runs").iterdir()
        measured = question.those_measured(("nothing", directory.name), self.results)
        found = measured[directory.name]
        self.assertEqual((list(measured), found.about["cpu"]), ([directory.name], "made up"))
        self.assertEqual([cache["size"] for cache in found.about["caches"]], [32768])
        times = found.where(op="put", scale=1000, variant="list").set_index("block")["ns_per_op"]
        self.assertEqual(times.round(6).to_dict(), {0: 10, 1: 20})
        self.assertIs(exported(directory.name, self.room), found)

    def test_none_of_several_measured_is_not_measured(self):
        with self.assertRaisesRegex(NotMeasured, "runs/other: not measured"):
            question.those_measured(("nothing", "other"), self.results)


class Where(unittest.TestCase):
    def test_the_variable_names_the_results(self):
        with tempfile.TemporaryDirectory() as room:
            with mock.patch.dict(os.environ, {question.VARIABLE: room}):
                self.assertEqual(question.results().figures, pathlib.Path(room) / "figures")
            with mock.patch.dict(os.environ):
                os.environ.pop(question.VARIABLE, None)
                self.assertEqual(question.results().directory, store.ROOT / "results")

    def test_a_directory_that_is_not_there_is_refused(self):
        with self.assertRaisesRegex(BadSetting, "HAMTLAB_RESULTS=.*nowhere: no such directory"):
            Results("/nowhere")


if __name__ == "__main__":
    unittest.main()
