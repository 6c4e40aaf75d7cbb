"""Measures what docs/performance.md and bench/README.md speak of: every figure against its own bound, in one run."""
