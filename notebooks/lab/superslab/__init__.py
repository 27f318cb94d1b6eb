"""The study of the superslab allocator: what is measured, how, and what it says."""
