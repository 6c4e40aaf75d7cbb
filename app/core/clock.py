"""Time enters here and nowhere else: domain functions take `now`."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved; for tests and rehearsals."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> datetime:
        self.moment += by
        return self.moment


_clock: Clock = SystemClock()


def use_clock(clock: Clock) -> None:
    """Make `clock` the one that the edges of this process read."""
    global _clock
    _clock = clock


def utc_now() -> datetime:
    """Read the clock. Called by the edges only: request handling, the worker, commands."""
    return _clock.now()


def milliseconds(moment: datetime) -> int:
    """Return `moment` as whole milliseconds since the epoch, as browsers count."""
    return round(moment.timestamp() * 1000)
