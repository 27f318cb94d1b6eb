"""The paper: its template, filled with figures from stored results."""
