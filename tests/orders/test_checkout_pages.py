"""The visitor's side of a checkout: where each answer leads, what the form keeps, whose hold it is."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core import db, ratelimit
from app.core.settings import get_settings
from app.payments.gateway import get_gateway
from tests.factories.orders import Sale, form, make_sale, only_order
from tests.factories.stock import figures


async def start(
    client: httpx.AsyncClient, sale: Sale, *quantities: int, **who: str
) -> httpx.Response:
    return await client.post(f"/p/{sale.short_id}/checkout", data=form(sale, *quantities, **who))


async def orders() -> int:
    return await db.fetch_value('SELECT count(*) FROM "order"')


async def test_leads_to_the_payment_page(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    answer = await start(client, sale)
    order = await only_order()
    assert answer.status_code == 303
    assert answer.headers["location"] == order["checkout_url"]
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower()
    assert order["buyer_key"] in cookie


async def test_htmx_is_told_where_to_go(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    client.headers["HX-Request"] = "true"
    answer = await start(client, sale)
    assert answer.headers["hx-redirect"] == (await only_order())["checkout_url"]


async def test_a_free_order_leads_to_the_order(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    answer = await start(client, sale)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/orders/")
    assert (await client.get(answer.headers["location"])).status_code == 200


async def test_the_same_form_twice_before_any_cookie(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    first = await start(client, sale, attempt="same")
    client.cookies.clear()
    second = await start(client, sale, attempt="same")
    assert first.headers["location"] == second.headers["location"]
    assert await orders() == 1


async def test_another_form_finds_the_own_hold(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    first = await start(client, sale)
    second = await start(client, sale, 2)
    assert second.headers["location"] == f"/p/{sale.short_id}/hold"
    assert await figures(sale.stock_id) == (1, 0)
    shown = await client.get(f"/p/{sale.short_id}/hold")
    assert shown.status_code == 200
    assert "Item 1" in shown.text and "€10.00" in shown.text
    onward = await client.post(f"/p/{sale.short_id}/hold")
    assert onward.headers["location"] == first.headers["location"]


async def test_a_hold_is_its_browsers_alone(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    await start(client, sale)
    client.cookies.clear()
    for method, path in (
        ("GET", "hold"),
        ("POST", "hold"),
        ("POST", "hold/release"),
        ("DELETE", "hold"),
    ):
        answer = await client.request(method, f"/p/{sale.short_id}/{path}")
        assert answer.headers["location"] == f"/p/{sale.short_id}"
    client.cookies.set("buyer", "0" * 32)
    assert (await client.post(f"/p/{sale.short_id}/hold/release")).status_code == 303
    assert (await only_order())["state"] == "processing"
    assert await figures(sale.stock_id) == (1, 0)


@pytest.mark.parametrize(("method", "path"), [("POST", "hold/release"), ("DELETE", "hold")])
async def test_releasing_frees_the_stock_and_closes_the_session(
    owner: Any,
    client: httpx.AsyncClient,
    now: Any,
    stripe_account: Any,
    run_jobs: Any,
    method: str,
    path: str,
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=1)
    await start(client, sale)
    answer = await client.request(method, f"/p/{sale.short_id}/{path}")
    assert answer.headers["location"] == f"/p/{sale.short_id}"
    order = await only_order()
    assert order["state"] == "expired"
    assert await figures(sale.stock_id) == (0, 0)
    await run_jobs()
    assert (await get_gateway().get_checkout(order["stripe_session_id"])).status == "expired"
    # Released, it can be bought again, by the same form even.
    assert (await start(client, sale)).headers["location"].startswith("http")


async def test_stripe_down_keeps_the_form(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=3)
    await stripe_account.switches(api="down")
    answer = await start(client, sale, 2, attempt="same")
    assert answer.status_code == 502
    assert "payment service does not answer" in answer.text
    assert 'value="ann@example.com"' in answer.text and 'value="2"' in answer.text
    assert await figures(sale.stock_id) == (0, 0)
    await stripe_account.switches(api="up")
    assert (await start(client, sale, 2, attempt="same")).status_code == 303
    assert await figures(sale.stock_id) == (2, 0)


async def test_refusals_say_why(
    owner: Any, client: httpx.AsyncClient, clock: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now(), quantity=1, per_buyer=1)
    path = f"/p/{sale.short_id}/checkout"
    item = f"item[{sale.contents[0]}]"
    for sent, words in (
        ({"email": "nonsense", item: "1"}, "aria-invalid"),
        ({"email": "", item: "1"}, "aria-invalid"),
        ({"email": "a@example.com"}, "choose at least one"),
        ({"email": "a@example.com", item: "0"}, "choose at least one"),
        ({"email": "a@example.com", item: "-1"}, "whole number"),
        ({"email": "a@example.com", item: "1.5"}, "whole number"),
        ({"email": "a@example.com", item: "99999999999999"}, "whole number"),
        ({"email": "a@example.com", item: "\u0661"}, "whole number"),
        ({"email": "a@example.com", "item[x]": "1"}, "not on this page"),
        ({"email": "a@example.com", f"item[{sale.page_id}]": "1"}, "no longer on this page"),
        ({"email": "a@example.com", item: "2"}, "At most 1"),
        ({"email": "a@example.com", item: "1", "price": "0"}, "Unknown field"),
        ({"email": "a@example.com\x00", item: "1"}, "characters"),
        ({"email": "a@example.com", item: "1", "attempt": "x" * 100}, "that-did-not"),
    ):
        answer = await client.post(path, data=sent)
        assert answer.status_code == 422, sent
        assert words in answer.text or words == "that-did-not", sent
    assert await orders() == 0
    await start(client, sale)
    client.cookies.clear()
    gone = await start(client, sale, email="bob@example.com")
    assert gone.status_code == 409
    assert "other baskets" in gone.text
    clock.advance(timedelta(hours=2))
    over = await start(client, sale, email="bob@example.com")
    assert over.status_code == 409
    assert "<form" not in over.text


async def test_unreadable_requests(owner: Any, client: httpx.AsyncClient, now: Any) -> None:
    sale = await make_sale(owner.viewer, now)
    path = f"/p/{sale.short_id}/checkout"
    assert (await client.post(path, json={"email": "a@example.com"})).status_code == 400
    assert (await client.post("/p/unknown/checkout", data=form(sale))).status_code == 404
    assert (
        await client.post(path, data=form(sale), headers={"Origin": "https://evil.example"})
    ).status_code == 403
    assert await orders() == 0


async def test_too_many_tries_are_slowed(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    assert get_settings().rate_limits
    await ratelimit.reset_limits()
    answers = [(await start(client, sale)).status_code for _ in range(14)]
    assert answers[0] == 303
    assert answers[-1] == 429


async def test_the_public_page_shows_the_own_hold_to_its_browser_alone(
    owner: Any, client: httpx.AsyncClient, now: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    path = f"/p/{sale.short_id}"
    await start(client, sale)
    mine = await client.get(path)
    assert 'id="hold"' in mine.text
    assert mine.headers["cache-control"] == "private, no-store"
    for cookies in ({}, {"buyer": "0" * 32}, {"buyer": "nonsense"}):
        client.cookies = httpx.Cookies(cookies)
        assert 'id="hold"' not in (await client.get(path)).text
