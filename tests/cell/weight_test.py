#!/usr/bin/env python3
"""What the named bucket tries weigh: the bytes an entry that each map holds by its own account."""
import json
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# At 100,000 entries, of which 16 bytes are key and value; what champion pays for its puts: docs/decisions/21.
LIMITS = {"champion": 21.3, "compact": 17.2}


class Weight(unittest.TestCase):
    def test_named_bucket_tries_weigh_no_more_than_they_did(self):
        for variant, limit in LIMITS.items():
            made = subprocess.run(["make", "-s", f"VARIANT={variant}", "cell"], cwd=ROOT, text=True,
                                  capture_output=True)
            self.assertEqual(made.returncode, 0, made.stderr)
            out = subprocess.run([ROOT / made.stdout.splitlines()[-1], "--op", "put", "--pattern", "shuffled",
                                  "--scale", "100000", "--seed", "1"], text=True, check=True,
                                 capture_output=True).stdout
            with self.subTest(variant):
                self.assertLess(json.loads(out.splitlines()[0])["bytes_per_entry"], limit)


if __name__ == "__main__":
    unittest.main()
