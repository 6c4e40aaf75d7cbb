"""Mails about orders: three parts each, links that open what they promise, and each sent once."""

import re
from typing import Any

import pytest

from app.core import db
from app.orders import emails
from app.orders.presenting import OrderView
from app.orders.queries import order_of
from tests.factories.deliveries import Sold, make_sold

NASTY = 'Tea & <script>alert(1)</script> "quoted"'


async def _order(sold: Sold) -> OrderView:
    order = await order_of(sold.id)
    assert order is not None
    return order


async def _messages(sold: Sold) -> list[db.Record]:
    return await db.fetch(
        "SELECT name, recipient, subject, text, html FROM message WHERE subject_of = $1 ORDER BY id",
        sold.id,
    )


async def test_the_order_mail_brings_a_link_that_opens_the_order(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now, title=NASTY, quantity=2)
    await emails.send_completed(await _order(sold), now)
    [message] = await _messages(sold)
    assert message["recipient"] == sold.email
    assert sold.number in message["subject"]
    assert NASTY in message["text"]
    assert "<script>alert" not in message["html"]
    assert "€25.98" in message["text"]
    [link] = set(re.findall(r"http\S+/orders/[\w.-]+", message["text"]))
    assert link in message["html"]
    page = await client.get(link)
    assert page.status_code == 200
    assert sold.number in page.text


async def test_an_order_mail_is_sent_once_whoever_asks(owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    order = await _order(sold)
    for _ in range(3):
        await emails.send_completed(order, now)
        await emails.send_unavailable(order, now)
        await emails.send_refunded(order, 100, "one", now)
    await emails.send_refunded(order, 200, "two", now)
    names = [message["name"] for message in await _messages(sold)]
    assert sorted(names) == [
        "order-completed",
        "order-refunded",
        "order-refunded",
        "order-unavailable",
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [("refunded", "can't be downloaded any more"), ("partially_refunded", "Your files stay yours")],
)
async def test_a_refund_mail_says_what_becomes_of_the_files(
    owner: Any, now: Any, state: str, words: str
) -> None:
    sold = await make_sold(owner.viewer, now, state=state, currency="JPY", amount=500)
    await emails.send_refunded(await _order(sold), 120, "one", now)
    [message] = await _messages(sold)
    assert words in message["text"]
    assert "¥120" in message["text"]
    assert "¥120" in message["html"]


async def test_a_confirming_mail_names_no_file_and_no_price(owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    await emails.send_confirmation(await _order(sold), now)
    [message] = await _messages(sold)
    assert "guide.pdf" not in message["text"]
    assert "/orders/" in message["text"]
    assert "/d/" not in message["text"]


async def test_an_order_without_files_promises_no_download(owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now, files=())
    await emails.send_completed(await _order(sold), now)
    [message] = await _messages(sold)
    assert "download" not in message["text"].lower()
