"""The documents' claims and this project's findings, recomputed from stored results."""
