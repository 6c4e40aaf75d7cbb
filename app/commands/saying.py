"""Output of commands."""

import sys


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line about what went wrong."""
    sys.stderr.write(f"mayfly: {text}\n")
    sys.stderr.flush()
