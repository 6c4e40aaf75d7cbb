"""Rehearsals: simulated people buy from, or register on, a copy of a page, in tables of their own that vanish afterwards."""
