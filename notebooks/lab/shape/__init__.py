"""Reports on one full map: its tree, its pool, what hashes make of it, and what theory predicts."""
