"""A page changes while buyers are on their way: who holds something keeps it at its price, who comes after is told."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.core import db
from app.core.clock import utc_now
from app.pages import ending, loading, pausing
from app.pages.loading import PageRecord
from tests.concurrency.house import (
    GONE,
    STANDS,
    Buyer,
    House,
    delivered_once,
    idle,
    sessions,
    states,
    until,
)
from tests.factories.orders import Sale
from tests.factories.pages import make_page
from tests.factories.stock import figures
from tests.pages.test_console import editor

# Its servers are started once.
pytestmark = pytest.mark.xdist_group("midway")

CROWD = 15
OLD, NEW = 1425, 950  # 19.00 less 25 % and less 50 %


async def opened(owner: Any, **options: Any) -> tuple[PageRecord, Sale]:
    """Publish a page as its owner does, at this very moment."""
    page = await make_page(owner.viewer, now=utc_now(), quantity=1000, **options)
    assert page.stock_id is not None
    return page, Sale(page.id, page.short_id, page.stock_id, tuple(c.id for c in page.contents))


async def crowd(house: House, sale: Sale, start: int, pause: float = 0.0) -> Counter[int]:
    """Let fifteen come, one `pause` seconds after the other; return how often each answer came."""

    async def comes(number: int) -> int:
        await asyncio.sleep(pause * number)
        return await house.buyer(start + number).take(sale)

    return Counter(await asyncio.gather(*[comes(number) for number in range(CROWD)]))


async def everybody_pays(stripe_account: Any, count: int) -> None:
    """Let all that hold something pay; each gets it."""
    pages = await sessions()
    assert len(pages) == count
    await asyncio.gather(*[stripe_account.pay(page) for page in pages])

    async def all_completed() -> bool:
        return await states() == {"completed": count} and await idle()

    await until("whoever held something has it", all_completed)
    await delivered_once()


async def amounts() -> Counter[tuple[int, int]]:
    """Count the orders by what they cost and by the discount they were promised."""
    rows = await db.fetch(
        "SELECT amount, (terms ->> 'discount_percent')::int AS percent FROM \"order\""
    )
    return Counter((row["amount"], row["percent"]) for row in rows)


async def test_a_price_change(house: House, owner: Any, stripe_account: Any) -> None:
    page, sale = await opened(owner)
    assert await crowd(house, sale, 0) == {STANDS: CROWD}

    async def change() -> None:
        await asyncio.sleep(0.2)
        sent = editor(page, discount_percent="50")
        answer = await owner.post(f"/console/pages/{page.id}/edit", data=sent)
        assert answer.status_code == 303, answer.text

    _changed, meanwhile = await asyncio.gather(change(), crowd(house, sale, 100, pause=0.04))
    assert meanwhile == {STANDS: CROWD}
    assert await crowd(house, sale, 200) == {STANDS: CROWD}
    found = await amounts()
    assert found.keys() == {(OLD, 25), (NEW, 50)}
    assert found[OLD, 25] >= CROWD and found[NEW, 50] >= CROWD
    await everybody_pays(stripe_account, 3 * CROWD)
    charged = await db.fetch('SELECT DISTINCT amount, refunded_amount FROM "order"')
    assert {(row["amount"], row["refunded_amount"]) for row in charged} == {(OLD, 0), (NEW, 0)}


async def test_a_pause(house: House, owner: Any, stripe_account: Any) -> None:
    page, sale = await opened(owner)
    user = owner.viewer.user_id
    assert await crowd(house, sale, 0) == {STANDS: CROWD}

    async def stop() -> None:
        await asyncio.sleep(0.2)
        await pausing.pause(page, user, utc_now(), moves_deadline=False)

    _stopped, meanwhile = await asyncio.gather(stop(), crowd(house, sale, 100, pause=0.04))
    assert meanwhile.total() == meanwhile[STANDS] + meanwhile[GONE]
    assert await crowd(house, sale, 200) == {GONE: CROWD}
    held = CROWD + meanwhile[STANDS]
    assert await figures(sale.stock_id) == (held, 0)
    await pausing.resume(await loading.by_id(page.id), user, utc_now())
    assert await crowd(house, sale, 300) == {STANDS: CROWD}
    await pausing.pause(await loading.by_id(page.id), user, utc_now(), moves_deadline=True)
    await everybody_pays(stripe_account, held + CROWD)


async def test_the_creator_ends_it(house: House, owner: Any, stripe_account: Any) -> None:
    page, sale = await opened(owner)
    assert await crowd(house, sale, 0) == {STANDS: CROWD}

    async def end() -> None:
        await asyncio.sleep(0.2)
        await ending.end(page, owner.viewer.user_id, utc_now())

    _ended, meanwhile = await asyncio.gather(end(), crowd(house, sale, 100, pause=0.04))
    assert await crowd(house, sale, 200) == {GONE: CROWD}
    await everybody_pays(stripe_account, CROWD + meanwhile[STANDS])
    cause = await db.fetch_value("SELECT ended_cause FROM page WHERE id = $1", page.id)
    assert cause == "hand"


async def test_the_deadline(house: House, owner: Any, stripe_account: Any) -> None:
    """The clock of the web process decides each request by itself: no job, and no other process, is waited for."""
    ends = utc_now() + timedelta(seconds=3)
    page, sale = await opened(owner, expires_at=ends)
    assert await crowd(house, sale, 0) == {STANDS: CROWD}

    async def keeps_coming(number: int) -> tuple[bool, bool]:
        """Come at a moment around the deadline; return whether that was surely after it, and whether it was sold."""
        buyer: Buyer = house.buyer(100 + number)
        wait = (ends - utc_now()).total_seconds() + 0.06 * (number - CROWD)
        await asyncio.sleep(max(0.0, wait))
        after = utc_now() >= ends
        return after, await buyer.take(sale) == STANDS

    around = await asyncio.gather(*[keeps_coming(number) for number in range(2 * CROWD)])
    assert (True, True) not in around, "sold after the end"
    sold = CROWD + sum(got for _after, got in around)
    late = await db.fetch_value('SELECT count(*) FROM "order" WHERE created_at >= $1', ends)
    assert late == 0
    assert await crowd(house, sale, 300) == {GONE: CROWD}
    await everybody_pays(stripe_account, sold)
    told = await db.fetch_one(
        "SELECT cause, at FROM page_transition WHERE page_id = $1 AND to_state = 'expired'", page.id
    )
    assert told is not None and (told["cause"], told["at"]) == ("time", ends)
