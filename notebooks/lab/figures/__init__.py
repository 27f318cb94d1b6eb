"""The figures, a question each, and the notebooks that show them."""
