"""Exact counts: instructions, simulated misses, chains of loads; what they are spent on."""
