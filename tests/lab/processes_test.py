#!/usr/bin/env python3
"""Exported experiments, read as frames of processes."""
import math
import unittest

from paths import room
import made_export
from lab import results
from lab.command import Failure


class Processes(unittest.TestCase):
    def setUp(self):
        self.results = room(self)

    def test_a_row_is_a_process_with_all_that_is_known_of_it(self):
        made_export.write(self.results, "one", [
            {"variant": "lazy", "parameters": "a_copy=3 copy=1", "samples": (1000, 20, 21), "values": {"mops": 5}},
            {"op": "put", "block": 1, "status": "crash", "detail": "signal 11"}], machine="12e456789012", cores=8)
        about, runs = results.processes("one", self.results)
        self.assertEqual((about["machine"], about["cores"], about["source_commit"], about["compilers"]),
                         ("12e456789012", 8, "", ["cc 1"]))
        first, second = runs.to_dict("records")
        self.assertEqual((first["variant"], first["op"], first["ns_per_op"], first["mops"]), ("lazy", "get", 21, 5))
        self.assertEqual((second["block"], second["status"], second["detail"]), (1, "crash", "signal 11"))
        self.assertTrue(math.isnan(second["ns_per_op"]) and math.isnan(second["mops"]))
        copy, none = results.parameter(runs, "copy")
        self.assertEqual(copy, 1)
        self.assertTrue(math.isnan(none))

    def test_what_is_not_there_and_what_was_changed_is_told(self):
        with self.assertRaisesRegex(results.NotMeasured, "runs/one: not measured"):
            results.processes("one", self.results)
        directory = made_export.write(self.results, "one", [{"samples": (1, 2)}])
        results.processes("one", self.results)
        path = directory / "sample.csv"
        path.write_text(path.read_text().replace("2", "3"))
        with self.assertRaisesRegex(Failure, r"sample\.csv: was changed since it was exported"):
            results.processes("one", self.results)


if __name__ == "__main__":
    unittest.main()
