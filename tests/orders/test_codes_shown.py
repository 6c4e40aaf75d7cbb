"""What a code took off is shown wherever the order is: the receipt, the mail, the console, the payment page, the export."""

import csv
import io
from datetime import datetime
from typing import Any

import httpx

from app.core import db
from app.orders import emails
from app.orders.fulfilling import complete
from app.orders.links import order_path
from app.orders.queries import order_of
from app.payments.gateway import get_gateway
from tests.factories.codes import make_code
from tests.factories.orders import buy, form, make_sale, only_order, order_row


async def paid(sale: Any, now: datetime, stripe_account: Any, *quantities: int, **who: Any) -> Any:
    """Buy and pay; return the order's row."""
    placed = await buy(sale, now, *quantities, **who)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    return await order_row(placed.order_id)


async def test_the_receipt_the_mail_and_the_console(
    owner: Any, client: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000, 250))
    await make_code(owner.viewer, now, "FIVER", amount=500, currency="EUR")
    order = await paid(sale, now, stripe_account, 3, 1, code="fiver")
    receipt = (await client.get(order_path(order["id"], now))).text
    console = (await owner.get(f"/console/orders/{order['id']}")).text
    for page in (receipt, console):
        for words in ("Discount code FIVER", "€30.00", "€2.50", "€5.00", "€27.50"):
            assert words in page, words
    # Two lines of different cents are one thing to a person.
    assert receipt.count("<dt>3 × Item 1</dt>") == 1 and console.count("Item 1") == 1  # noqa: RUF001
    view = await order_of(order["id"])
    assert view is not None
    await emails.send_completed(view, now)
    message = await db.fetch_one("SELECT text, html FROM message WHERE name = 'order-completed'")
    assert message is not None
    for body in (message["text"], message["html"]):
        assert "Discount code FIVER" in body and "€5.00" in body and "€27.50" in body


async def test_without_a_code_nothing_is_said_of_one(
    owner: Any, client: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, discount=50)
    order = await paid(sale, now, stripe_account)
    assert "Discount" not in (await client.get(order_path(order["id"], now))).text


async def test_the_payment_page_says_what_it_was_before(
    owner: Any, client: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000, 250))
    await make_code(owner.viewer, now)
    answer = await client.post(f"/p/{sale.short_id}/checkout", data=form(sale, 2, 1, code="Spring10"))  # fmt: skip
    assert answer.status_code == 303
    async with httpx.AsyncClient() as browser:
        hosted = (await browser.get(answer.headers["location"])).text
    assert "SPRING10 applied: instead of €10.00" in hosted and "instead of €2.50" in hosted
    assert "€18.00" in hosted and "€20.25" in hosted
    own = (await client.get(f"/p/{sale.short_id}/hold")).text
    assert "with SPRING10" in own and "€20.25" in own


async def test_the_export_has_what_was_taken_off_and_by_what(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now, "-MINUS", percent=10)
    await paid(sale, now, stripe_account, 2, code="-minus")
    await paid(sale, now, stripe_account, email="bob@example.com")
    text = (await owner.get("/console/orders/export.csv")).text.removeprefix("\ufeff")
    rows = {row["email"]: row for row in csv.DictReader(io.StringIO(text))}
    with_code, without = rows["ann@example.com"], rows["bob@example.com"]
    assert (with_code["discount"], with_code["discount_by"]) == ("2.00", "'-MINUS")
    assert (without["discount"], without["discount_by"]) == ("0.00", "")


async def test_an_order_of_the_previous_version_reads_as_before(
    owner: Any, client: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    await paid(sale, now, stripe_account)
    await db.execute("UPDATE \"order\" SET terms = terms - 'discount'")
    order = await only_order()
    receipt = await client.get(order_path(order["id"], now))
    assert receipt.status_code == 200 and "€10.00" in receipt.text
