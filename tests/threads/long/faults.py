#!/usr/bin/env python3
"""Every fault of ordering and reclamation, of which 95 % must be caught.  `make test-long` runs this."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import faults_test  # noqa: E402


class Long(faults_test.Faults):
    tried = faults_test.FAULTS


if __name__ == "__main__":
    unittest.main()
