"""What a page of the console may ask of the database, however much there is to list."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.core import db
from app.core.settings import get_settings
from tests.factories.deliveries import make_sold
from tests.staff.test_operations import dead_letter

LISTS = (
    "/console/analytics",
    "/console/pages",
    "/console/products",
    "/console/codes",
    "/console/orders",
    "/console/team",
    "/console/staff/flags",
    "/console/staff/log",
    "/console/staff/operations",
)
AT_MOST = 6
# What the live bus asks to see whether its connection lives, and what the pool cleans with, is no page's doing.
NOT_OURS = ("SELECT 1", "RESET ALL")


class Counter:
    """Collects what reaches the database through any connection."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        for name in ("fetch", "fetchrow", "fetchval", "execute", "executemany"):
            monkeypatch.setattr(asyncpg.Connection, name, self._counted(name))

    def _counted(self, name: str) -> Any:
        original = getattr(asyncpg.Connection, name)

        async def run(connection: Any, query: str, *args: Any, **options: Any) -> Any:
            if query != NOT_OURS[0] and NOT_OURS[1] not in query:
                self.seen.append(query)
            return await original(connection, query, *args, **options)

        return run


@pytest.fixture
async def staff(owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Olivia with thirty of everything, who may see it all."""
    monkeypatch.setattr(get_settings(), "staff_emails", [owner.viewer.email])
    await db.execute('UPDATE "user" SET verified_at = now() WHERE email = $1', owner.viewer.email)
    for number in range(30):
        await make_sold(owner.viewer, now + timedelta(seconds=number), stored=False)
        await dead_letter()
    return owner


async def test_lists_of_the_console_take_at_most_six_statements(
    staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await staff.post("/console/staff/operations/reports")).status_code == 303
    counter = Counter(monkeypatch)
    spent: dict[str, int] = {}
    for path in LISTS:
        counter.seen.clear()
        assert (await staff.get(path)).status_code == 200
        spent[path] = len(counter.seen)
    assert max(spent.values()) <= AT_MOST, spent
    assert min(spent.values()) > 0, "the counter counts nothing"
