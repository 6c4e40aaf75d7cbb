"""When a test plays: now, at the moment in MAYFLY_TEST_NOW, or, with the marker `any_moment`, at each awkward one as well.

A shifted clock runs on from its moment. The payment sandbox goes by the same time, for its sessions end by its clock;
Postgres' own `now()`, the object store and other processes go by the machine's.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.support import environment

VARIABLE = "MAYFLY_TEST_NOW"
# Where dates in a zone and in UTC differ, days have 23 or 25 hours, and months, quarters and years are odd.
AWKWARD = {
    "before-midnight": datetime(2027, 3, 14, 23, 57, tzinfo=UTC),
    "before-midnight-in-berlin": datetime(2027, 6, 30, 21, 57, tzinfo=UTC),
    "before-clocks-go-forward": datetime(2027, 3, 28, 0, 57, tzinfo=UTC),
    "before-clocks-go-back": datetime(2027, 10, 31, 0, 57, tzinfo=UTC),
    "leap-day": datetime(2028, 2, 29, 23, 30, tzinfo=UTC),
    "before-new-year": datetime(2028, 12, 31, 23, 57, tzinfo=UTC),
}
# Folders whose tests run the application, or a browser, in processes of their own.
OF_PROCESSES = ("tests/system/", "tests/processes/", "tests/concurrency/")
PRESENT = "present"
HOUR = timedelta(hours=1)
NOT_AHEAD = timedelta()


class RunningClock:
    """Goes as the machine's clock does, `ahead` of it."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def _chosen() -> timedelta:
    """Return how far ahead the run is that starts now: an xdist worker starts with the first."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return NOT_AHEAD
    moment = datetime.fromisoformat(wanted)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)


_run = RunningClock(_chosen())
_sandbox = [NOT_AHEAD]


def running_clock() -> RunningClock:
    """Return the clock of what runs by itself, outside of a test's standing clock."""
    return _run


def shifted() -> bool:
    """Whether the whole run plays at another time than now: then what runs in other processes can't be tested."""
    return _run.ahead != NOT_AHEAD


def next_change(zone: ZoneInfo, after: datetime, *, by: timedelta) -> datetime:
    """Return when the clocks of `zone` next go forward `by` (or back, when it is negative), to the hour."""
    at = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while _offset(at, zone) - _offset(at - HOUR, zone) != by:
        at += HOUR
    return at


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "any_moment: plays at each awkward moment as well")
    config.addinivalue_line(
        "markers", "present_only: another process, which knows the present, is asked"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not shifted():
        return
    skip = pytest.mark.skip(reason=f"other processes know only the present, not {VARIABLE}")
    for item in items:
        if item.get_closest_marker("present_only") or item.nodeid.startswith(OF_PROCESSES):
            item.add_marker(skip)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("any_moment") and not shifted():
        metafunc.parametrize("moment", [PRESENT, *AWKWARD], indirect=True)


@pytest.fixture
def moment(request: pytest.FixtureRequest) -> Iterator[datetime]:
    """When the test begins."""
    named = AWKWARD.get(getattr(request, "param", PRESENT))
    clock = RunningClock(named - datetime.now(UTC)) if named else _run
    _set_sandbox(clock.ahead)
    yield clock.now()


def _set_sandbox(ahead: timedelta) -> None:
    if ahead == _sandbox[0]:
        return
    _sandbox[0] = ahead
    answer = httpx.post(
        f"{environment.shared()['stripe_base']}/sandbox/switches",
        json={"ahead": ahead.total_seconds()},
        headers={"Authorization": f"Bearer {os.environ['MAYFLY_STRIPE_API_KEY']}"},
        trust_env=False,
    )
    answer.raise_for_status()
