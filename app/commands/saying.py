"""Output of commands."""

import sys


def say(text: str, end: str = "\n") -> None:
    """One line for the person at the terminal, or the beginning of one."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line about what went wrong."""
    sys.stderr.write(f"mayfly: {text}\n")
    sys.stderr.flush()
