"""The seed documents' figures, each beside what was measured here."""
