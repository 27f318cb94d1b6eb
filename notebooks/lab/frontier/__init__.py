"""How fast, and how small, beside the best hash tables: the targets, what was reached, latencies, and a figure."""
