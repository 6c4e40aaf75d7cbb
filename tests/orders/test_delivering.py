"""From the payment page back to the file, while the webhook is late, lost, or Stripe is away."""

from datetime import timedelta
from typing import Any

import pytest

from app.core import db
from app.core.ids import new_id
from tests.factories.deliveries import BYTES, add_file
from tests.factories.orders import Sale, buy, make_sale, order_row
from tests.support.wire import wire

HTMX = {"HX-Request": "true"}


async def _sale(seller: Any, now: Any, quantity: int = 5) -> Sale:
    sale = await make_sale(seller, now, quantity=quantity)
    product_id = await db.fetch_value(
        "SELECT product_id FROM page_content WHERE id = $1", sale.contents[0]
    )
    await add_file(seller, product_id, "guide.pdf", 0, now)
    return sale


async def _bought(seller: Any, now: Any) -> db.Record:
    return await order_row((await buy(await _sale(seller, now), now)).order_id)


async def _ask(client: Any, path: str, order: db.Record, **query: Any) -> Any:
    return await client.get(path, params={"session_id": order["stripe_session_id"], **query})


async def test_the_buyer_is_quicker_than_the_webhook(
    client: Any, owner: Any, now: Any, stripe_account: Any, run_jobs: Any, inbox: Any
) -> None:
    address = f"ann-{new_id()}@example.com"
    placed = await buy(await _sale(owner.viewer, now), now, email=address)
    order = await order_row(placed.order_id)
    await stripe_account.pay(order["stripe_session_id"])
    assert "Confirming your payment" in (await _ask(client, "/download", order)).text
    fragment = await _ask(client, "/download/status", order, attempt=1)
    assert fragment.status_code == 200
    assert fragment.text.lstrip().startswith('<section id="delivery"')
    assert "guide.pdf" in fragment.text
    assert "Enjoy!" in fragment.text
    start = await client.get(
        "/download/start", params={"session_id": order["stripe_session_id"]}, headers=HTMX
    )
    link = await client.get(start.headers["hx-redirect"])

    async with wire() as browser:
        assert (await browser.get(link.headers["location"])).content == BYTES
    await run_jobs()
    messages = await inbox(address)
    assert [order["number"] in message["subject"] for message in messages] == [True]


async def test_without_javascript_the_page_looks_again_by_itself(
    client: Any, owner: Any, now: Any, stripe_account: Any
) -> None:
    order = await _bought(owner.viewer, now)
    await stripe_account.pay(order["stripe_session_id"])
    first = await _ask(client, "/download", order)
    assert f"url=/download?session_id={order['stripe_session_id']}&amp;attempt=1" in first.text
    assert "guide.pdf" in (await _ask(client, "/download", order, attempt=1)).text


async def test_what_is_not_paid_is_refused_with_a_retry(
    client: Any, owner: Any, now: Any, stripe_account: Any
) -> None:
    order = await _bought(owner.viewer, now)
    answer = await _ask(client, "/api/download-link", order)
    assert answer.status_code == 403
    page = await _ask(client, "/download", order, attempt=1)
    assert page.status_code == 403
    assert "has not been paid" in page.text
    assert "Try again" in page.text
    assert (await order_row(order["id"]))["state"] == "processing"


async def test_an_unknown_session_is_refused(client: Any, app: Any, stripe_account: Any) -> None:
    query = {"session_id": "cs_test_thisoneisunknown"}
    assert (await client.get("/api/download-link", params=query)).status_code == 403
    page = await client.get("/download", params={**query, "attempt": 1})
    assert page.status_code == 403


async def test_stripe_away_is_502_as_json_and_patience_on_the_page(
    client: Any, owner: Any, now: Any, stripe_account: Any
) -> None:
    order = await _bought(owner.viewer, now)
    await stripe_account.pay(order["stripe_session_id"])
    await stripe_account.switches(api="down")
    try:
        assert (await _ask(client, "/api/download-link", order)).status_code == 502
        waiting = await _ask(client, "/download/status", order, attempt=1)
        assert "load delay" in waiting.text
        last = await _ask(client, "/download/status", order, attempt=20)
        assert last.status_code == 502
        assert "Try again" in last.text
    finally:
        await stripe_account.switches(api="up")
    assert (await _ask(client, "/api/download-link", order)).status_code == 200


async def test_paid_too_late_with_nothing_left_is_explained(
    client: Any, owner: Any, clock: Any, stripe_account: Any, run_jobs: Any, inbox: Any
) -> None:
    address = f"late-{new_id()}@example.com"
    sale = await _sale(owner.viewer, clock.now(), quantity=1)
    late = await order_row((await buy(sale, clock.now(), email=address)).order_id)
    await stripe_account.pay(late["stripe_session_id"])
    await db.execute("UPDATE hold SET state = 'lapsed', ended_at = $1", clock.now())
    await db.execute("UPDATE stock SET held = 0, sold = 1")
    clock.advance(timedelta(minutes=1))
    page = await _ask(client, "/download", late, attempt=1)
    assert page.status_code == 403
    assert "sold before your payment" in page.text
    assert "Try again" not in page.text
    assert (await _ask(client, "/api/download-link", late)).status_code == 403
    await run_jobs()
    subjects = [message["subject"] for message in await inbox(address)]
    assert len(subjects) == 1
    assert subjects[0].startswith("Sold out")
    (told,) = await db.fetch("SELECT user_id, kind, title, amount FROM notice")
    assert (told["user_id"], told["kind"]) == (owner.viewer.user_id, "refund")
    assert "paid too late, the money goes back" in told["title"] and told["amount"] > 0


async def test_a_refund_by_the_seller_ends_the_downloads(
    client: Any, owner: Any, now: Any, stripe_account: Any, run_jobs: Any, inbox: Any
) -> None:
    address = f"ann-{new_id()}@example.com"
    placed = await buy(await _sale(owner.viewer, now), now, email=address)
    order = await order_row(placed.order_id)
    await stripe_account.pay(order["stripe_session_id"])
    link = (await _ask(client, "/api/download-link", order)).json()["url"]
    refunds = f"/console/orders/{order['id']}/refunds"
    part = {"id": str(new_id()), "amount": "4.00"}
    first = await owner.post(refunds, data=part, headers=HTMX)
    answer = await owner.post(refunds, data=part, headers=HTMX)
    assert first.status_code == answer.status_code == 200
    assert "Refunded: €4.00" in answer.text
    assert (await order_row(order["id"]))["refunded_amount"] == 400
    assert (await client.get(link)).status_code == 303
    too_much = await owner.post(refunds, data={"id": str(new_id()), "amount": "6.01"})
    assert too_much.status_code == 422
    rest = {"id": str(new_id()), "amount": "6.00", "restock": "on"}
    assert (await owner.post(refunds, data=rest, headers=HTMX)).status_code == 200
    assert (await order_row(order["id"]))["state"] == "refunded"
    assert (await client.get(link)).status_code == 403
    assert (await _ask(client, "/api/download-link", order)).status_code == 403
    await run_jobs()
    subjects = [message["subject"] for message in await inbox(address)]
    assert len([subject for subject in subjects if subject.startswith("Refund")]) == 2


@pytest.mark.parametrize("attempt", ["x", "-1", "100000"])
async def test_an_odd_attempt_is_refused(client: Any, attempt: str) -> None:
    query = {"session_id": "cs_test_whatever123", "attempt": attempt}
    assert (await client.get("/download", params=query)).status_code == 400
