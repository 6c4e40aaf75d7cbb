"""Whoever guesses waits, longer each time; nobody else does.

Tries are counted in the database, so that every process counts together, and before the secret is looked at, so that
tries sent all at once are counted like others. What is counted, and for whom, is said in `limiting.py`.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.db import execute, fetch_value, transaction
from app.core.errors import TooManyRequests
from app.core.i18n import ngettext
from app.core.settings import get_settings

LONGEST_MEMORY = timedelta(days=1)
MINUTE = 60


@dataclass(frozen=True)
class Pace:
    """With the `free`-th try a wait of `first` seconds begins; each further try doubles it, up to `longest` seconds.

    All is forgotten when nothing was tried for as long as `memory`.
    """

    free: int
    first: int
    longest: int
    memory: timedelta


@dataclass(frozen=True)
class Count:
    """One thing that is counted. A `shared` one belongs to many people: one's right answer is not another's."""

    key: str
    pace: Pace
    shared: bool = False


def count_of(pace: Pace, *parts: object, shared: bool = False) -> Count:
    """Return what counts tries of `parts` (what, whose, where from); they can't be read from its key."""
    named = "\0".join(str(part) for part in parts).encode()
    # New keys must not let those who wait go on at once.
    secret = get_settings().lasting_key
    return Count(hmac.digest(secret, b"mayfly:guess:" + named, "sha256").hex(), pace, shared)


# A row only changes while nobody waits: whoever comes too early is refused, and not counted.
_TRY = """
INSERT INTO guess AS g (key, tries, last_at, wait_until) VALUES ($1, 1, $2, $2)
ON CONFLICT (key) DO UPDATE SET
  tries = CASE WHEN g.last_at < $3 THEN 1 ELSE g.tries + 1 END,
  last_at = $2,
  wait_until = $2 + make_interval(secs => CASE WHEN g.last_at < $3 OR g.tries + 1 < $4 THEN 0
    ELSE least($5::float * power(2, least(g.tries + 1 - $4, 30)), $6::float) END)
WHERE g.wait_until <= $2
RETURNING tries
"""


async def count_try(counts: Iterable[Count], now: datetime) -> int:
    """Count one try in each of `counts`, before it is looked at; return the largest number of tries so far.

    Raises TooManyRequests while one of them has to wait; then nothing is counted.
    """
    most = 0
    async with transaction():
        # In one order for all, so that two tries never wait for each other.
        for count in sorted(counts, key=lambda one: one.key):
            pace = count.pace
            tries = await fetch_value(
                _TRY, count.key, now, now - pace.memory, pace.free, pace.first, pace.longest
            )
            if tries is None:
                raise _wait(await _waits_until(count, now), now)
            most = max(most, tries)
    return most


async def _waits_until(count: Count, now: datetime) -> datetime:
    return await fetch_value("SELECT wait_until FROM guess WHERE key = $1", count.key) or now


def _wait(until: datetime, now: datetime) -> TooManyRequests:
    seconds = max(1, round((until - now).total_seconds()))
    if seconds < MINUTE:
        words = ngettext(
            "Too many wrong tries. Please wait %(num)s second.",
            "Too many wrong tries. Please wait %(num)s seconds.",
            seconds,
        )
    else:
        words = ngettext(
            "Too many wrong tries. Please wait %(num)s minute.",
            "Too many wrong tries. Please wait %(num)s minutes.",
            -(-seconds // MINUTE),
        )
    return TooManyRequests(seconds, words)


async def forgive(counts: Iterable[Count]) -> None:
    """Forget the tries of someone who turned out to be right; where others count too, only this one try."""
    given = list(counts)
    await execute(
        "DELETE FROM guess WHERE key = ANY($1::text[])",
        [one.key for one in given if not one.shared],
    )
    await execute(
        "UPDATE guess SET tries = greatest(tries - 1, 0) WHERE key = ANY($1::text[])",
        [one.key for one in given if one.shared],
    )


async def forget_guesses(now: datetime) -> int:
    """Drop the counts that no pace remembers; return how many."""
    return await execute("DELETE FROM guess WHERE last_at < $1", now - LONGEST_MEMORY)
