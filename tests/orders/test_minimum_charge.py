"""Stripe's smallest charge: named before anybody buys, refused in words where the whole charge is below it, never a 502."""

from datetime import datetime
from typing import Any

import pytest

from app.core import db
from app.core.currencies import minimum_charge
from app.core.forms import FieldError
from app.core.ids import new_id
from app.orders.redeeming import CodeRefused, Reason
from app.pages import loading
from app.payments.gateway import (
    AmountTooSmall,
    CheckoutItem,
    CheckoutRequest,
    PaymentRejected,
    get_gateway,
)
from tests.factories.codes import make_code
from tests.factories.links import share
from tests.factories.orders import buy, form, make_sale, order_row
from tests.factories.pages import make_draft
from tests.factories.products import make_product
from tests.factories.stock import figures

HTMX = {"HX-Request": "true"}


async def nothing_was_made(sale: Any) -> bool:
    held = await figures(sale.stock_id)
    return held == (0, 0) and await db.fetch_value('SELECT count(*) FROM "order"') == 0


async def test_a_charge_below_the_minimum_is_refused_with_words_and_nothing_is_held(
    owner: Any, client: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(30,))
    answer = await client.post(f"/p/{sale.short_id}/checkout", data=form(sale))
    assert answer.status_code == 422
    assert "€0.30" in answer.text and "€0.50" in answer.text and "more pieces" in answer.text
    assert await nothing_was_made(sale)


async def test_the_whole_charge_counts(owner: Any, now: datetime, stripe_account: Any) -> None:
    sale = await make_sale(owner.viewer, now, prices=(30, 20))
    for quantities in ((2,), (1, 1)):
        placed = await buy(sale, now, *quantities, email=f"{len(quantities)}@example.com")
        assert placed.payment_url


@pytest.mark.parametrize(("discount", "completed"), [(96, None), (95, False), (100, True)])
async def test_a_discount_of_the_page(
    owner: Any, now: datetime, stripe_account: Any, discount: int, completed: bool | None
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000,), discount=discount)
    if completed is None:
        with pytest.raises(FieldError, match=r"€0\.40.*€0\.50"):
            await buy(sale, now)
        return
    assert (await buy(sale, now)).completed is completed


@pytest.mark.parametrize("terms", [{"percent": 96}, {"amount": 960, "currency": "EUR"}])
async def test_a_code_is_refused_where_it_is_typed_and_where_it_is_bought_with(
    owner: Any, client: Any, now: datetime, stripe_account: Any, terms: dict[str, Any]
) -> None:
    sale = await make_sale(owner.viewer, now)
    code = await make_code(owner.viewer, now, "TINY", maximum_uses=3, **terms)
    tried = await client.post(
        f"/p/{sale.short_id}/code", data=form(sale, code="TINY"), headers=HTMX
    )
    assert tried.status_code == 422 and "€0.40" in tried.text and "€0.50" in tried.text
    with pytest.raises(CodeRefused, match=r"€0\.50") as refused:
        await buy(sale, now, code="TINY")
    assert refused.value.reason is Reason.MINIMUM and refused.value.status == 422
    assert await nothing_was_made(sale) and await figures(code.stock_id) == (0, 0)
    # More pieces, or no code at all, can be bought.
    assert (await buy(sale, now, 2, code="TINY")).payment_url
    assert (await buy(sale, now, email="bob@example.com")).payment_url


async def test_a_code_that_is_not_used_refuses_nothing(
    owner: Any, client: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    await make_code(owner.viewer, now, "TINY", percent=96)
    tried = await client.post(f"/p/{sale.short_id}/code", data=form(sale, code="TINY"))
    assert tried.status_code == 200
    assert (await buy(sale, now, code="TINY")).completed


async def test_a_share_links_discount(owner: Any, now: datetime, stripe_account: Any) -> None:
    sale = await make_sale(owner.viewer, now)
    page = await loading.by_id(sale.page_id)
    await share(page, now, discount_percent=96)
    with pytest.raises(FieldError, match=r"€0\.40.*€0\.50"):
        await buy(sale, now, source="vip")
    assert await nothing_was_made(sale)
    assert (await buy(sale, now, 2, source="vip")).payment_url


async def test_prices_with_three_decimals_stay_multiples_of_ten(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    """Stripe refuses any other amount, and so does the sandbox."""
    sale = await make_sale(owner.viewer, now, prices=(1010, 770), currency="KWD", discount=33)
    await make_code(owner.viewer, now, "OFF", amount=70, currency="KWD")
    placed = await buy(sale, now, 2, 3, code="OFF")
    assert placed.payment_url
    amounts = await db.fetch("SELECT amount, reduction FROM order_line")
    assert all(value % 10 == 0 for row in amounts for value in row.values())
    page_price = 2 * 680 + 3 * 520
    assert (await order_row(placed.order_id))["amount"] == page_price - 70


def request(amount: int, currency: str) -> CheckoutRequest:
    from datetime import UTC, timedelta

    return CheckoutRequest(
        key=str(new_id()),
        email="ann@example.com",
        currency=currency,
        items=[CheckoutItem("Print", amount, 1)],
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        success_url="https://shop.example/",
        cancel_url="https://shop.example/",
    )


@pytest.mark.parametrize("currency", ["EUR", "GBP", "CZK", "JPY", "KRW", "KWD"])
async def test_the_sandbox_refuses_below_the_minimum_as_stripe_does(
    stripe_account: Any, currency: str
) -> None:
    least = minimum_charge(currency)
    assert (await get_gateway().create_checkout(request(least, currency))).amount_total == least
    with pytest.raises(AmountTooSmall) as refused:
        await get_gateway().create_checkout(request(least - 10, currency))
    assert refused.value.status == 422


async def test_the_sandbox_refuses_a_last_digit_that_stripe_refuses(stripe_account: Any) -> None:
    with pytest.raises(PaymentRejected):
        await get_gateway().create_checkout(request(1005, "KWD"))


async def test_the_editor_the_page_and_its_links_warn(owner: Any, now: datetime) -> None:
    product = await make_product(owner.viewer, now=now, amount=100)
    page = await make_draft(owner.viewer, now=now, products=[product], discount_percent=60)
    for path in (f"/console/pages/{page.id}/edit", f"/console/pages/{page.id}"):
        shown = (await owner.get(path)).text
        assert "€0.40 can&#39;t be paid alone" in shown and "€0.50" in shown, path
    links = (await owner.get(f"/console/pages/{page.id}/share-links")).text
    assert "€0.40 can&#39;t be paid alone" in links
    fine = await make_draft(owner.viewer, now=now, products=[product], discount_percent=25)
    assert "be paid alone" not in (await owner.get(f"/console/pages/{fine.id}/edit")).text
    links = (await owner.get(f"/console/pages/{fine.id}/share-links")).text
    assert "With more than 34 % off" in links and "€0.50" in links


@pytest.mark.parametrize(("amount", "warned"), [(30, True), (50, False), (0, False)])
async def test_the_product_form_warns(owner: Any, now: datetime, amount: int, warned: bool) -> None:
    product = await make_product(owner.viewer, now=now, amount=amount)
    shown = (await owner.get(f"/console/products/{product}")).text
    assert ('id="small-price"' in shown) is warned


@pytest.mark.parametrize(
    ("terms", "warned"),
    [
        ({"percent": 96}, True),
        ({"percent": 50}, False),
        ({"percent": 100}, False),
        ({"amount": 980, "currency": "EUR"}, True),
        ({"amount": 980, "currency": "USD"}, False),
        ({"amount": 2000, "currency": "EUR"}, False),
    ],
)
async def test_the_codes_form_warns_for_its_pages(
    owner: Any, now: datetime, terms: dict[str, Any], warned: bool
) -> None:
    sale = await make_sale(owner.viewer, now)
    everywhere = await make_code(owner.viewer, now, "ALL", **terms)
    chosen = await make_code(owner.viewer, now, "ONE", pages=[sale.page_id], **terms)
    for code in (everywhere, chosen):
        shown = (await owner.get(f"/console/codes/{code.id}")).text
        assert ('id="code-too-small"' in shown) is warned
        assert ("Spring sale: one" in shown) is warned
