"""Share links at the checkout: who comes early, what it costs them, how often, and what the order remembers of it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict
from app.core.ids import new_id
from app.operations import invariants
from app.orders import paying
from app.orders.checkout import Basket
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.pages import sharing
from app.pages.loading import PageRecord
from app.payments.gateway import get_gateway
from tests.factories.codes import make_code
from tests.factories.links import query_of, sale_of, share
from tests.factories.orders import buy, form, only_order, order_row
from tests.factories.pages import make_page
from tests.factories.stock import broken_invariants, figures

HOUR = timedelta(hours=1)


async def later(owner: Any, now: datetime, **options: Any) -> PageRecord:
    """Make a sale at 15.00 EUR that launches in an hour."""
    times = {"launch_at": now + HOUR, "expires_at": now + 3 * HOUR}
    return await make_page(owner.viewer, now=now, amount=2000, **times, **options)


def carried(page: PageRecord, query: str, **values: str) -> dict[str, str]:
    """Return the checkout's form as the page of a link's visitor sends it."""
    return {**form(sale_of(page)), "link": query, "terms": "link", **values}


async def paid(order_id: Any, stripe_account: Any, now: datetime) -> None:
    order = await order_row(order_id)
    await stripe_account.pay(order["stripe_session_id"])
    await complete(await get_gateway().get_checkout(order["stripe_session_id"]), now)


async def test_early_access_buys_before_the_launch_while_everyone_else_is_refused(
    owner: Any, client: Any, now: Any, stripe_account: Any
) -> None:
    page = await later(owner, now)
    given = await share(page, now, early_minutes=120)
    ordinary = await client.post(f"/p/{page.short_id}/checkout", data=form(sale_of(page)))
    assert ordinary.status_code == 409 and "not launched yet" in ordinary.text
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 0
    sent = carried(page, query_of(given))
    assert (await client.post(f"/p/{page.short_id}/checkout", data=sent)).status_code == 303
    order = await only_order()
    assert (order["source"], order["link_id"], order["amount"]) == ("vip", given.link.id, 1500)
    assert order["entry_stock_id"] is None and json.loads(order["terms"])["discount"] is None


async def test_before_its_own_time_an_early_link_opens_nothing(
    owner: Any, client: Any, now: Any
) -> None:
    page = await later(owner, now)
    given = await share(page, now, early_minutes=30)
    answer = await client.post(
        f"/p/{page.short_id}/checkout", data=carried(page, query_of(given), terms="page")
    )
    assert answer.status_code == 409 and await db.fetch_value('SELECT count(*) FROM "order"') == 0


async def test_a_changed_link_is_refused_wherever_it_is_sent(
    owner: Any, client: Any, now: Any
) -> None:
    page = await later(owner, now)
    other = await make_page(owner.viewer, now=now, amount=2000)
    given = await share(page, now, early_minutes=120, discount_percent=10)
    query = query_of(given)
    changed = [
        query.replace("discount=10", "discount=99"),
        query.replace("vip", "v1p"),
        f"{query}&early=999",
        "source=vip&early=120",
        query_of(await share(other, now)),
    ]
    for wrong in changed:
        for part in ("checkout", "code"):
            sent = carried(page, wrong, code="X")
            answer = await client.post(f"/p/{page.short_id}/{part}", data=sent)
            assert answer.status_code == 403, (part, wrong)
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 0


async def test_the_discount_is_pinned_with_the_order_and_paid(
    owner: Any, client: Any, now: Any, stripe_account: Any
) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    given = await share(page, now, discount_percent=20, uses=2)
    sent = carried(page, query_of(given))
    assert (await client.post(f"/p/{page.short_id}/checkout", data=sent)).status_code == 303
    order = await only_order()
    assert order["amount"] == 1200
    pinned = {"kind": "link", "name": "vip", "percent": 20, "amount": 0}
    assert json.loads(order["terms"])["discount"] == pinned
    session = await get_gateway().get_checkout(order["stripe_session_id"])
    assert session.amount_total == 1200
    stock_id = given.link.stock_id
    assert stock_id and await figures(stock_id) == (1, 0)
    await sharing.stop(page, given.link.id, owner.viewer.user_id, now)
    await paid(order["id"], stripe_account, now)
    assert (await order_row(order["id"]))["state"] == "completed"
    assert await figures(stock_id) == (0, 1) and await invariants.inspect(now) == []
    whole: dict[str, Any] = {"refund_id": new_id(), "actor_id": None, "restock": True, "now": now}
    await refund(order["id"], 1200, **whole)
    assert await figures(stock_id) == (0, 0) and await invariants.inspect(now) == []


async def test_a_failed_checkout_burns_no_use(owner: Any, now: Any, stripe_account: Any) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    given = await share(page, now, discount_percent=20, uses=1)
    placed = await buy(sale_of(page), now, source="vip")
    stock_id = given.link.stock_id
    assert stock_id and await figures(stock_id) == (1, 0)
    with pytest.raises(Conflict, match="other baskets"):
        await buy(sale_of(page), now, source="vip", email="bob@example.com")
    await paying.release(placed.order_id, now)
    assert await figures(stock_id) == (0, 0)
    again = await buy(sale_of(page), now, source="vip", email="bob@example.com")
    await paid(again.order_id, stripe_account, now)
    with pytest.raises(Conflict, match="used up"):
        await buy(sale_of(page), now, source="vip", email="cy@example.com")
    assert await broken_invariants() == []


async def test_a_price_that_is_shown_no_longer_holds_is_said_and_not_charged(
    owner: Any, client: Any, clock: Any
) -> None:
    now = clock.now()
    page = await make_page(owner.viewer, now=now, amount=2000, expires_at=now + 5 * HOUR)
    given = await share(page, now, discount_percent=20, use_before=now + HOUR)
    sent = carried(page, query_of(given))
    clock.advance(HOUR)
    answer = await client.post(f"/p/{page.short_id}/checkout", data=sent)
    assert answer.status_code == 409 and "offer of your link has ended" in answer.text
    assert "€15.00" in answer.text and 'name="terms" value="page"' in answer.text
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 0
    sent["terms"] = "page"
    assert (await client.post(f"/p/{page.short_id}/checkout", data=sent)).status_code == 303
    order = await only_order()
    assert (order["amount"], order["source"]) == (1500, "vip")


async def test_a_code_and_a_link_do_not_add_up(
    owner: Any, client: Any, now: Any, stripe_account: Any
) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    given = await share(page, now, discount_percent=20, uses=5)
    small = await make_code(owner.viewer, now, "SMALL", percent=10, maximum_uses=5)
    large = await make_code(owner.viewer, now, "LARGE", percent=30, maximum_uses=5)
    sent = carried(page, query_of(given), code="SMALL")
    shown = await client.post(f"/p/{page.short_id}/code", data=sent, headers={"HX-Request": "true"})
    assert "this code is not used" in shown.text
    first = await order_row((await buy(sale_of(page), now, source="vip", code="SMALL")).order_id)
    ben = {"email": "ben@example.com", "source": "vip"}
    second = await order_row((await buy(sale_of(page), now, code="LARGE", **ben)).order_id)
    assert (first["amount"], second["amount"]) == (1200, 1050)
    assert first["discount_stock_id"] == given.link.stock_id
    assert second["discount_stock_id"] == large.stock_id and second["link_id"] == given.link.id
    assert await figures(small.stock_id) == (0, 0)
    assert given.link.stock_id and await figures(given.link.stock_id) == (1, 0)


async def test_coming_early_takes_a_use_though_a_code_makes_the_price(
    owner: Any, now: Any, stripe_account: Any
) -> None:
    page = await later(owner, now)
    given = await share(page, now, early_minutes=120, uses=1)
    code = await make_code(owner.viewer, now, "LARGE", percent=30, maximum_uses=5)
    placed = await buy(sale_of(page), now, source="vip", code="LARGE")
    stock_id = given.link.stock_id
    assert stock_id and (await figures(stock_id), await figures(code.stock_id)) == ((1, 0), (1, 0))
    await paid(placed.order_id, stripe_account, now)
    assert await figures(stock_id) == (0, 1) and await invariants.inspect(now) == []
    whole: dict[str, Any] = {"refund_id": new_id(), "actor_id": None, "restock": False, "now": now}
    await refund(placed.order_id, 1050, **whole)
    assert await figures(stock_id) == (0, 0) and await invariants.inspect(now) == []
    row = await order_row(placed.order_id)
    assert row["entry_stock_id"] == stock_id


async def test_after_the_launch_an_early_link_takes_no_use(
    owner: Any, clock: Any, stripe_account: Any
) -> None:
    now = clock.now()
    page = await later(owner, now)
    given = await share(page, now, early_minutes=120, uses=1)
    clock.advance(HOUR)
    await buy(sale_of(page), clock.now(), source="vip")
    assert given.link.stock_id and await figures(given.link.stock_id) == (0, 0)


def test_a_basket_comes_from_nowhere_by_itself() -> None:
    plain = Basket("short", {}, "ann@example.com", "buyer", "attempt")
    assert (plain.source, plain.terms) == ("", "page")
