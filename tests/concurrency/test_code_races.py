"""A discount code raced for over real connections: its uses are shared by two pages, and none is lost with a checkout that fails."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict
from app.core.forms import FieldError
from app.core.ids import new_id
from app.operations import invariants
from app.orders import buyers, checkout, paying, redeeming
from app.orders.fulfilling import Outcome, complete
from app.orders.refunding import refund
from app.payments.gateway import PaymentUnavailable, get_gateway
from app.stock import holding, statements
from tests.concurrency.unguarded import unguarded
from tests.factories.codes import make_code
from tests.factories.orders import Sale, buy, make_sale, order_row
from tests.factories.stock import broken_invariants, figures

BUYERS = 40
USES = 6
LIMIT = 2


async def outcomes(attempts: list[Any]) -> list[Any]:
    """Run all at once; return what the winners got. Only refusals may be raised."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    errors = [one for one in results if isinstance(one, BaseException)]
    assert [one for one in errors if not isinstance(one, Conflict | FieldError)] == []
    return [one for one in results if not isinstance(one, BaseException)]


async def two_pages(owner: Any, now: datetime, **options: Any) -> list[Sale]:
    return [await make_sale(owner.viewer, now, quantity=200, **options) for _ in range(2)]


async def discounted() -> int:
    return await db.fetch_value('SELECT count(*) FROM "order" WHERE discount_stock_id IS NOT NULL')


def rush(pages: list[Sale], now: datetime, **who: Any) -> list[Any]:
    """As many as there are buyers, on both pages at once."""
    return [
        buy(pages[n % 2], now, code="SPRING10", **{"email": f"b{n}@example.com", **who})
        for n in range(BUYERS)
    ]


async def test_a_code_shared_by_two_pages_goes_to_exactly_as_many_as_it_has_uses(
    owner: Any, now: datetime
) -> None:
    pages = await two_pages(owner, now)
    code = await make_code(owner.viewer, now, percent=100, maximum_uses=USES)
    won = await outcomes(rush(pages, now))
    assert len(won) == USES == await discounted()
    assert await figures(code.stock_id) == (0, USES)
    sold = [await figures(page.stock_id) for page in pages]
    assert sum(units for _held, units in sold) == USES
    assert await db.fetch_value('SELECT count(*) FROM "order"') == USES
    assert (await invariants.look(now)).broken == ()


@pytest.fixture
async def without_the_guard(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[None, None]:
    monkeypatch.setattr(holding, "TAKE", unguarded())
    await db.execute("ALTER TABLE stock DROP CONSTRAINT stock_not_oversold")
    yield
    await db.execute('DELETE FROM order_line; DELETE FROM "order"; DELETE FROM hold')
    await db.execute("UPDATE stock SET held = 0, sold = 0")
    await db.execute(
        "ALTER TABLE stock ADD CONSTRAINT stock_not_oversold CHECK (held + sold <= capacity)"
    )


async def test_without_the_guard_more_get_it(
    without_the_guard: None, owner: Any, now: datetime
) -> None:
    """The control: the same rush, and nothing but the condition in the statement is missing."""
    assert statements.TAKE != holding.TAKE
    pages = await two_pages(owner, now)
    await make_code(owner.viewer, now, percent=100, maximum_uses=USES)
    assert len(await outcomes(rush(pages, now))) > USES


async def test_checkouts_that_fail_burn_no_use(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    pages = await two_pages(owner, now)
    code = await make_code(owner.viewer, now, maximum_uses=USES)
    await stripe_account.switches(api="down")
    results = await asyncio.gather(*rush(pages, now), return_exceptions=True)
    refused = PaymentUnavailable | redeeming.CodeRefused
    assert [one for one in results if not isinstance(one, refused)] == []
    assert await figures(code.stock_id) == (0, 0)
    await stripe_account.switches(api="up")
    assert len(await outcomes(rush(pages, now, buyer=None))) == USES
    assert await figures(code.stock_id) == (USES, 0)
    assert await broken_invariants() == []


async def test_the_last_use_against_lapse_release_and_payment(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    pages = await two_pages(owner, now)
    later = now + timedelta(minutes=15)
    for number in range(6):
        code = await make_code(owner.viewer, now, f"LAST{number}", maximum_uses=1)
        placed = await buy(pages[0], now, email=f"{new_id().hex}@example.com", code=code.code)
        order = await order_row(placed.order_id)
        await stripe_account.pay(order["stripe_session_id"])
        session = await get_gateway().get_checkout(order["stripe_session_id"])
        result, *others = await asyncio.gather(
            complete(session, later),
            holding.lapse(order["hold_id"], later),
            paying.lapsed(order["hold_id"], later),
            paying.release(placed.order_id, later),
            *[
                buy(pages[1], now, email=f"{new_id().hex}@example.com", code=code.code)
                for _ in range(3)
            ],
            return_exceptions=True,
        )
        rivals = [one for one in others[3:] if not isinstance(one, BaseException)]
        held, sold = await figures(code.stock_id)
        assert (held, sold) == ((0, 1) if result is Outcome.COMPLETED else (len(rivals), 0))
        assert held + sold <= 1
    assert await broken_invariants() == []


@pytest.fixture
def slow_to_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone takes a while between counting a buyer's uses and taking one."""
    count = redeeming.ensure_within_limit

    async def count_and_wait(*arguments: Any) -> None:
        await count(*arguments)
        await asyncio.sleep(0.02)

    monkeypatch.setattr(redeeming, "ensure_within_limit", count_and_wait)


@pytest.mark.parametrize("who", [{"email": "ann@example.com"}, {"buyer": "b" * 32}])
async def test_many_tabs_on_two_pages_keep_the_limit_of_the_code(
    slow_to_decide: None, owner: Any, now: datetime, who: dict[str, str]
) -> None:
    pages = await two_pages(owner, now)
    code = await make_code(owner.viewer, now, percent=100, per_buyer_limit=LIMIT)
    assert len(await outcomes(rush(pages, now, **who))) == LIMIT
    assert await figures(code.stock_id) == (0, LIMIT)


async def test_with_the_locks_of_a_page_alone_they_do_not(
    slow_to_decide: None, owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without a lock of the code's own, the two pages don't wait for each other."""
    monkeypatch.setattr(
        checkout,
        "lock_keys",
        lambda short_id, email, buyer, _code: buyers.lock_keys(short_id, email, buyer),
    )
    pages = await two_pages(owner, now)
    await make_code(owner.viewer, now, percent=100, per_buyer_limit=1)
    assert len(await outcomes(rush(pages, now, email="ann@example.com"))) > 1


async def test_refunds_and_checkouts_never_wait_in_a_circle(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    """Both want the rows of a page's pieces and of the code: whoever comes takes them in one order."""
    pages = await two_pages(owner, now)
    code = await make_code(owner.viewer, now, maximum_uses=BUYERS)
    paid: list[Any] = []
    for number in range(6):
        placed = await buy(pages[number % 2], now, email=f"r{number}@example.com", code=code.code)
        session_id = (await order_row(placed.order_id))["stripe_session_id"]
        await stripe_account.pay(session_id)
        await complete(await get_gateway().get_checkout(session_id), now)
        paid.append(placed.order_id)
    refunds = [
        refund(order_id, 900, refund_id=new_id(), actor_id=None, restock=True, now=now)
        for order_id in paid
    ]
    won = await outcomes([*refunds, *rush(pages, now)])
    held, sold = await figures(code.stock_id)
    assert sold == 0 and BUYERS - 6 <= held <= BUYERS
    assert len(won) == held + len(refunds)
    assert (await invariants.look(now)).broken == ()
