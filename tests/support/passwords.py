"""Passwords that cost nothing: nearly every test has somebody log in, and what a hash costs is for one file of tests to say."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type

_patch = pytest.MonkeyPatch()


def hash_quickly() -> None:
    """Hash with the least that Argon2id takes, in this process, until `hash_as_always`."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
    _patch.setattr("app.auth.passwords._hasher", quick)
    _patch.setattr("app.auth.passwords._DECOY", quick.hash("nobody's password"))


@contextmanager
def hash_as_always() -> Generator[None]:
    """Hash as the application does outside of tests."""
    _patch.undo()
    yield
    hash_quickly()
