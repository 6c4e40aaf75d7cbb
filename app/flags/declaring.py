"""The flags that this version of the code asks for, each with what holds while nobody has set it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Declared:
    """`describe` says in the reader's language what is switched; `default` holds for a flag that is not in the database."""

    name: str
    describe: Callable[[], str]
    default: bool


declared: dict[str, Declared] = {}


def declare(name: str, describe: Callable[[], str], *, default: bool) -> str:
    """Say, when a module is imported, that it asks for `name`; returns the name. Only declared flags can be set."""
    if name in declared:
        raise RuntimeError(f"Two flags are named {name}.")
    declared[name] = Declared(name, describe, default)
    return name
