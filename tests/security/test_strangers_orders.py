"""Without scripts a form has no id of its own. Who shares a buyer's network, browser and address gets nothing of their
order; a form that one browser sends twice still makes one."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from app.core import db
from tests.factories.orders import Sale, form, make_sale

NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}


def unnamed(sale: Sale) -> dict[str, str]:
    """What a browser without scripts sends."""
    return {name: value for name, value in form(sale).items() if name != "attempt"}


async def orders() -> int:
    return await db.fetch_value('SELECT count(*) FROM "order"')


@pytest.mark.parametrize("headers", [{}, NAVIGATION])
@pytest.mark.parametrize("discount", [100, 0])
async def test_a_stranger_who_knows_the_address_gets_nothing(
    owner: Any, client: httpx.AsyncClient, now: datetime, stripe_account: Any,
    headers: dict[str, str], discount: int,
) -> None:  # fmt: skip
    sale = await make_sale(owner.viewer, now, discount=discount)
    path = f"/p/{sale.short_id}/checkout"
    sent: dict[str, Any] = {
        "data": unnamed(sale),
        "headers": headers,
        "follow_redirects": False,
    }
    answers: list[httpx.Response] = []
    for _browser in range(2):
        client.cookies.clear()
        answer = await client.post(path, **sent)
        if answer.status_code == 307:
            answer = await client.post(answer.headers["location"], **sent)
        answers.append(answer)
    first, second = answers
    assert first.headers["location"] != second.headers["location"]
    assert first.cookies != second.cookies
    assert await orders() == 2


@pytest.mark.parametrize("discount", [100, 0])
async def test_a_form_sent_twice_by_one_browser_makes_one_order(
    owner: Any, client: httpx.AsyncClient, now: datetime, stripe_account: Any, discount: int
) -> None:
    sale = await make_sale(owner.viewer, now, discount=discount)
    path = f"/p/{sale.short_id}/checkout"
    sent: dict[str, Any] = {"data": unnamed(sale), "headers": NAVIGATION}
    asked = await client.post(path, **sent)
    assert asked.status_code == 307
    assert await orders() == 0
    once = asked.headers["location"]
    first = await client.post(once, **sent)
    # Before its cookie came the same press is known by its id, after that by the cookie.
    cookies = dict(client.cookies)
    client.cookies.clear()
    assert (await client.post(once, **sent)).headers["location"] == first.headers["location"]
    client.cookies.update(cookies)
    again = await client.post(path, **sent)
    assert again.status_code == 303
    assert await orders() == 1


async def test_what_is_no_id_of_ours_counts_for_nothing(
    owner: Any, client: httpx.AsyncClient, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    path = f"/p/{sale.short_id}/checkout?once=x"
    assert (await client.post(path, data=unnamed(sale), headers=NAVIGATION)).status_code == 307
    assert await orders() == 0
