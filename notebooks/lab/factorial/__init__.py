"""Which fix closes the gap: the design, its effects, and the report on them."""
