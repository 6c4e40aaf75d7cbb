"""Who comes to a rehearsal, and how: always the same people for the same rehearsal, so many of them at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from random import Random
from uuid import UUID

from app.rehearsal.course import Person


def gather(
    rehearsal_id: UUID, people: int, *, pieces: int, fickle: int, limit: int
) -> list[Person]:
    """Return `people` who want up to `pieces` each, but no more than the page lets one have; `fickle` is in per cent."""
    chance = Random(rehearsal_id.int)  # noqa: S311 - no secret, only a mix
    change_their_mind = set(chance.sample(range(1, people + 1), round(people * fickle / 100)))
    return [
        Person(
            number=number,
            key=f"{chance.getrandbits(128):032x}",
            pieces=chance.randint(1, max(1, min(pieces, limit))),
            fickle=number in change_their_mind,
        )
        for number in range(1, people + 1)
    ]


async def rush(
    people: Iterable[Person], at_once: int, act: Callable[[Person], Awaitable[None]]
) -> None:
    """Let everyone act, `at_once` of them at a time, in order of coming."""
    line = iter(people)

    async def come() -> None:
        for person in line:
            await act(person)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(come())
