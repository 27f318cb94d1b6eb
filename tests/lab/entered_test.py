#!/usr/bin/env python3
"""Which functions of the changed parts are entered: of real compositions, counted, and what is said of it; what a part
without functions is called; the stored rows."""
import re
import subprocess
import unittest

from asked import ROOT, Refusals, printed
from lab.counts import entered
from lab.settings import compose

ONLY_WITH_A_DIRECTORY = "onward"  # nothing else visits slots in a row
VARIANT = "eighth+lines"  # whose spare.h has a constant alone, for functions that it includes


class Counted(unittest.TestCase, Refusals):
    """One composition, counted by each test that needs it."""

    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-s", "build/run/run"], cwd=ROOT, check=True)

    def test_functions_are_told_by_operation_and_only_those_of_changed_parts(self):
        text = printed("entered", f"VARIANT={VARIANT}", "OPS=get,remove", "SCALES=1000")
        found = dict(re.findall(r"^  (\w+) +\S+\.h +(.*\S)$", text, re.M))
        self.assertEqual(found["fetch"].split()[1], "1.00")  # put, get, remove: each get fetches once
        put, get, remove = found["spare_due"].split()
        self.assertEqual((put, get), (".", "."))
        self.assertGreater(float(remove), 0.5)
        self.assertEqual(set(found), {"fetch", "fetch_lines", "spare_due", "spare_joins"})
        told = " ".join(text.split())
        self.assertIn("spare.h of variants/eighth was entered by remove, not by get", told)
        self.assertIn("fetch.h of variants/lines was entered by get, remove", told)

    def test_a_part_that_nothing_enters_is_an_error(self):
        with self.assertRaisesRegex(AssertionError, f"VARIANT={re.escape(VARIANT)}: not executed by get: spare.h of"):
            printed("entered", f"VARIANT={VARIANT}", "OPS=get", "SCALES=1000")

    def test_what_cannot_be_told_is_refused(self):
        self.assert_refused("entered VARIANT=list OPS=churn", "OPS=churn: not one of those that are followed: put, ")
        self.assert_refused("entered VARIANT=uthash", "VARIANT=uthash: another library's map")


class Verdicts(unittest.TestCase):
    def row(self, **calls):
        return {"part": "p.h", "answer": "a", "functions": 2, **dict.fromkeys(entered.OPS, 0.0), **calls}

    def test_by_what_and_by_what_not(self):
        self.assertEqual(entered.verdict(self.row(put=1, get=2), ["put", "get", "miss"]),
                         "was entered by put, get, not by miss")
        self.assertEqual(entered.verdict(self.row(put=1), ["get"]),
                         "was entered by put alone, which fills the map that get works on")

    def test_blind(self):
        row = self.row(remove=1)
        self.assertEqual([entered.is_blind(row, ops) for ops in (["get"], ["remove"])], [True, False])
        self.assertIn("nothing of it is compared", entered.verdict(row, ["get"]))

    def test_constants_and_macros_are_told_from_functions_that_were_not_entered(self):
        for variant in ("narrow", "inline", "sixteen"):
            part, = entered.parts_of(variant, "u64", "xxh3", {"put": {"operations": 1}})
            row = part.row(["put"])
            self.assertEqual((row["functions"], entered.is_blind(row, ["put"])), (0, False), variant)
            self.assertEqual(entered.verdict(row, ["put"]), entered.CONSTANTS)

    def test_a_part_s_own_functions_decide_if_it_has_some(self):
        calls = {("variants/huge/blocks.h", "region_grow"): {"put": 0, "get": 0},
                 ("common/bucket/granules.h", "block_at"): {"put": 3, "get": 1}}
        row = entered.Part("blocks.h", "variants/huge", calls).row(["put", "get"])
        self.assertEqual((row["functions"], row["never"], row["put"]), (1, "region_grow", 0))
        del calls["variants/huge/blocks.h", "region_grow"]
        row = entered.Part("blocks.h", "variants/huge", calls).row(["put", "get"])
        self.assertEqual((row["functions"], row["never"], row["put"]), (1, "", 3))


class Files(unittest.TestCase):
    def test_what_a_part_includes_is_its_own_and_what_the_core_includes_is_not(self):
        found = entered.cell.files_of_parts(compose.Composition("huge"), "u64", "xxh3")
        names = [path.name for path in found["blocks.h"]]
        self.assertEqual((list(found), names[0]), (["blocks.h"], "blocks.h"))
        self.assertLessEqual({"reserved.h", "granules.h", "gaps_joined.h"}, set(names))
        self.assertFalse({"mem.h", "keyops.h", "bucket.h", "gaps_by_size.h"} & set(names))

    def test_a_core_of_its_own_is_one_part(self):
        found = entered.cell.files_of_parts(compose.Composition("reference"), "u64", "xxh3")
        self.assertEqual([path.name for path in found["hamt.c"]],
                         ["hamt.c", "records.h", "rows.h", "tables.h", "walk.h"])


class Stored(unittest.TestCase):
    def test_every_part_that_is_stored_was_executed(self):
        rows = entered.load().to_dict("records")
        for row in rows:
            if compose.Composition(row["composition"]).by_part:
                self.assertEqual(entered.is_blind(row, entered.OPS), row["composition"] == ONLY_WITH_A_DIRECTORY, row)
        with_it, = (row for row in rows if row["answer"] == f"variants/{ONLY_WITH_A_DIRECTORY}"
                    and row["composition"] != ONLY_WITH_A_DIRECTORY)
        self.assertGreater(with_it["iterate"], 0)


if __name__ == "__main__":
    unittest.main()
