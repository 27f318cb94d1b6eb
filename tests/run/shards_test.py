#!/usr/bin/env python3
"""Parts of an experiment that are measured into several stores, and what other programs are told of it."""
import json

from runner import Runner, main


class Shards(Runner):
    def test_shards_make_the_same_experiment_as_one_run(self):
        options = ("--scales", "1000,2000", "--reps", "5", "--samples", "2", "--copies", "2")
        whole = self.run_it("good,other", *options, "--store", "whole")
        started = self.starts()
        for index in (1, 2, 3):
            done = self.run_it("good,other", *options, "--store", f"part{index}", "--shard",
                               f"{index}/3")
            self.assertEqual(done.out, whole.out)  # the experiment's id
            self.assertIn(f"shard {index}/3 is complete: ", done.err)
            self.assertEqual(self.ask("SELECT status FROM experiment", store=f"part{index}"),
                             [("interrupted",)])
        self.assertEqual(sorted(self.starts()), sorted(2 * started))  # no slot twice
        for order in ((1, 2, 3), (3, 1, 2)):
            for index in order:
                self.merge("merged", f"part{index}")
            self.assertEqual(self.everything("merged"), self.everything("whole"))
            for file in self.root.glob("merged*"):
                file.unlink()

    def test_the_rest_of_a_shard_can_be_measured_where_it_is(self):
        self.run_it("good,other", "--store", "part", "--shard", "2/2")
        self.run_it("good,other", "--store", "part")
        self.run_it("good,other", "--store", "whole")
        self.assertEqual(self.everything("part"), self.everything("whole"))

    def test_what_is_no_shard(self):
        for text in ("0/2", "3/2", "1", "x/2", "1/", "1/0", "-1/2"):
            self.assertIn(f"SHARD={text}: ", self.run_it("good", "--shard", text, expect=2).err)

    def test_shards_of_an_experiment_with_a_goal_stay_open(self):
        for index in (1, 2):
            self.run_it("good,other", "--decide", "2%", "--store", f"part{index}", "--shard", f"{index}/2")
            self.merge("merged", f"part{index}")
        self.assertEqual(self.ask("SELECT status, planned FROM experiment", store="merged"), [("interrupted", 8)])
        self.assertEqual(self.ask("SELECT count(*) FROM run", store="merged"), [(8,)])

    def test_what_comes_before_is_measured_elsewhere(self):
        self.run_it("good,other", "--store", "part", "--from", "4", "--shard", "1/2")
        self.assertEqual(self.ask("SELECT slot FROM run", store="part"), [(4,), (5,)])
        done = self.run_it("good,other", "--store", "middle", "--from", "5", expect=2)
        self.assertEqual(done.err, "--from 5: it is in the middle of the block that begins with run 4\n")
        self.assertFalse((self.root / "middle").exists())
        self.assertIn("--from x: must be the number", self.run_it("good", "--from", "x", expect=2).err)

    def test_what_would_be_measured_is_told_to_other_programs(self):
        told = json.loads(self.run_it("good,other", "--describe").out)
        self.assertEqual((told["runs"], told["cells"], told["blocks"], told["family"]), (8, 2, 4, None))
        self.assertEqual(told["programs"], [[f"VARIANT={name}", "HASH=xxh3", "KEY=u64"] for name in ("good", "other")])
        self.assertFalse((self.root / "asked").exists())  # nothing was built
        built = json.loads(self.run_it("good,other", "--build").out)
        self.assertEqual((built["runs"], built["blocks"], self.starts()), (8, 4, []))
        self.assertFalse((self.root / "results/hamtlab.sqlite").exists())
        done = self.run_it("good,other")
        self.assertEqual(done.out, f"experiment {built['family']}1\n")
        columns = ", ".join(built["machine"])
        self.assertEqual(self.ask(f"SELECT {columns} FROM machine"), [tuple(built["machine"].values())])
        self.assertIn("nosuch", self.run_it("good", "--alloc", "nosuch", "--build", expect=2).err)


if __name__ == "__main__":
    main()
