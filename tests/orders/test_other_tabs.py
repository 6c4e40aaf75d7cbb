"""A purchase that was paid in one tab: the others are told and lead to the order."""

from datetime import timedelta
from typing import Any

import pytest

from app.orders.fulfilling import complete
from app.payments.gateway import get_gateway
from tests.factories.orders import Sale, form, make_sale, only_order


async def bought(owner: Any, client: Any, stripe_account: Any, now: Any) -> Sale:
    """Buy in one tab, while another one still shows the hold."""
    sale = await make_sale(owner.viewer, now)
    await client.post(f"/p/{sale.short_id}/checkout", data=form(sale))
    page = (await client.get(f"/p/{sale.short_id}")).text
    assert "Held for you" in page and f'hx-get="/p/{sale.short_id}/hold/state"' in page
    held = await client.get(f"/p/{sale.short_id}/hold/state")
    assert 'id="hold"' in held.text and "Held for you" in held.text
    session = (await only_order())["stripe_session_id"]
    await stripe_account.pay(session)
    await complete(await get_gateway().get_checkout(session), now)
    return sale


async def test_the_hold_turns_into_the_way_to_the_order(
    owner: Any, client: Any, stripe_account: Any, now: Any
) -> None:
    sale = await bought(owner, client, stripe_account, now)
    for url in (f"/p/{sale.short_id}/hold/state", f"/p/{sale.short_id}"):
        html = (await client.get(url)).text
        assert "Held for you" not in html and 'id="hold"' in html and 'href="/orders/' in html
    alone = await client.get(
        f"/p/{sale.short_id}/hold/state?alone=1", headers={"HX-Request": "true"}
    )
    assert alone.headers["hx-redirect"].startswith("/orders/")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "hold"), ("POST", "hold"), ("POST", "hold/release"), ("DELETE", "hold")],
)
async def test_whatever_the_other_tab_does_leads_to_the_order(
    owner: Any, client: Any, stripe_account: Any, now: Any, method: str, path: str
) -> None:
    sale = await bought(owner, client, stripe_account, now)
    answer = await client.request(method, f"/p/{sale.short_id}/{path}")
    assert answer.status_code == 303 and answer.headers["location"].startswith("/orders/")
    assert (await only_order())["state"] == "completed"
    order = await client.get(answer.headers["location"])
    assert order.status_code == 200 and (await only_order())["number"] in order.text


async def test_only_its_own_browser_and_only_for_a_while(
    owner: Any, client: Any, stripe_account: Any, clock: Any
) -> None:
    sale = await bought(owner, client, stripe_account, clock.now())
    state = f"/p/{sale.short_id}/hold/state"
    cookies = dict(client.cookies)
    client.cookies.clear()
    client.cookies.set("buyer", "0" * 32)
    assert "/orders/" not in (await client.get(state)).text
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies.set(name, value)
    assert "/orders/" in (await client.get(state)).text
    clock.advance(timedelta(hours=1))
    html = (await client.get(state)).text
    assert "/orders/" not in html and "Nothing is held for you any more" in html
