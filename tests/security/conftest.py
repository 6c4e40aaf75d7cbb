"""The same world that fuzz/ attacks, seen by outsiders, by colleagues with other roles, and by hostile clients."""

from tests.fuzz.conftest import attack

__all__ = ["attack"]
