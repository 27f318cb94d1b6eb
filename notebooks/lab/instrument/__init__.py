"""The tests of the measuring itself, and the machine's limits."""
