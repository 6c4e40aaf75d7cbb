"""Receipts of what was erased: they say what and when, and of whom only to who knows already."""
