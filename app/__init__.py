"""Mayfly: temporary pages that open, sell or collect, and retire themselves on time."""
