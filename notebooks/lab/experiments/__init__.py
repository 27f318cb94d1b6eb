"""What the experiments of single plans say, a table each."""
