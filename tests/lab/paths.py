"""Makes the lab and the tools importable: each test of the lab, and what several share, imports this first."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tools")]
