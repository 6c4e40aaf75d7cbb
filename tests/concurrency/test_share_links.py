"""A share link's uses, raced for over real connections: exactly as many as there are, whoever asks at once."""

import asyncio
from datetime import timedelta
from typing import Any

from app.core import db
from app.core.errors import Conflict
from app.operations import invariants
from app.pages.collecting import collection_of
from app.registrations.registering import register
from tests.factories.links import sale_of, share
from tests.factories.orders import buy
from tests.factories.pages import make_page
from tests.factories.registrations import sign_up
from tests.factories.stock import broken_invariants, figures
from tests.factories.types import make_countdown

MANY, USES = 24, 4
HOUR = timedelta(hours=1)


async def outcomes(attempts: list[Any]) -> int:
    """Run all at once; return how many won. Only refusals may be raised."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    errors = [one for one in results if isinstance(one, BaseException)]
    assert [one for one in errors if not isinstance(one, Conflict)] == []
    return MANY - len(errors)


async def test_the_last_uses_of_a_discount(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now, quantity=50)
    given = await share(page, now, discount_percent=100, uses=USES)
    sale = sale_of(page)
    asked = [buy(sale, now, source="vip", email=f"b{n}@example.com") for n in range(MANY)]
    assert await outcomes(asked) == USES
    assert given.link.stock_id and await figures(given.link.stock_id) == (0, USES)
    assert await figures(sale.stock_id) == (0, USES)
    assert await db.fetch_value('SELECT sum(amount) FROM "order"') == 0
    assert await broken_invariants() == []


async def test_the_last_ways_in_before_the_launch_of_a_page_without_places(
    owner: Any, now: Any
) -> None:
    page = await make_countdown(owner.viewer, now=now, launch_at=now + HOUR, target_in=2 * HOUR)
    given = await share(page, now, early_minutes=120, uses=USES)
    collection = await collection_of(page.id, now, "vip")

    async def come(number: int) -> None:
        await register(collection, sign_up(f"r{number}@example.com", terms="link"), now)

    assert await outcomes([come(number) for number in range(MANY)]) == USES
    assert given.link.stock_id and await figures(given.link.stock_id) == (0, USES)
    assert await db.fetch_value("SELECT count(*) FROM registration") == USES
    assert await invariants.inspect(now) == []
