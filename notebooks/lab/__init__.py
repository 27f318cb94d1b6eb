"""What tables, notebooks and the paper share: reading the store, and statistics over it."""
