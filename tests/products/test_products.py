from datetime import timedelta
from typing import Any

import pytest

from app.core.db import fetch_value
from app.core.ids import new_id
from app.products.queries import choosable_products, find_product, list_products, product_cards
from tests.factories.auth import make_colleague
from tests.factories.products import make_product

HTMX = {"HX-Request": "true"}


def form(**changes: str) -> dict[str, str]:
    values = {"id": str(new_id()), "name": "Guide", "price": "19.90", "currency": "EUR"}
    return {**values, "description": "", "expires_at": "", "zone": "Europe/Berlin", **changes}


def changed(**changes: str) -> dict[str, str]:
    return {name: value for name, value in form(**changes).items() if name != "id"}


async def test_a_product_is_created_once_however_often_the_form_is_sent(
    owner: Any, clock: Any
) -> None:
    values = form()
    for _ in range(2):
        answer = await owner.post("/console/products", data=values)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/console/products/{values['id']}"
    listed = await list_products(owner.viewer.group_id, clock.now())
    assert [(card.name, card.amount, card.currency) for card in listed.cards] == [
        ("Guide", 1990, "EUR")
    ]


async def test_someone_elses_id_creates_nothing(owner: Any, outsider: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    answer = await outsider.post("/console/products", data=form(id=str(product), name="Stolen"))
    assert answer.status_code == 404
    kept = await find_product(owner.viewer.group_id, product, clock.now())
    assert kept.name == "Field guide"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("description", "x" * 5001),
        ("price", ""),
        ("price", "-1"),
        ("price", "1.999"),
        ("price", "1000000"),
        ("price", "9" * 29),
        ("price", "NaN"),
        ("price", "Infinity"),
        ("price", "1e400"),
        ("price", "twelve"),
        ("currency", "XXX"),
        ("currency", "eur"),
        ("currency", ""),
        ("expires_at", "2020-01-01T00:00"),
        ("expires_at", "yesterday"),
        ("expires_at", "9999-12-31T23:59"),
        ("expires_at", "2031-02-30T00:00"),
        ("zone", "Mars/Olympus"),
        ("zone", "../../etc/passwd"),
        ("id", "1"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(owner: Any, field: str, value: str) -> None:
    values = form(**{field: value})
    for headers in ({}, HTMX):
        answer = await owner.post("/console/products", data=values, headers=headers)
        assert answer.status_code == 422
        if field != "id":
            assert f'id="f-{field}-error"' in answer.text
    assert await fetch_value("SELECT count(*) FROM product") == 0


async def test_what_was_typed_is_kept(owner: Any) -> None:
    answer = await owner.post("/console/products", data=form(name='<b>"Ann"</b>', price="x"))
    assert 'value="&lt;b&gt;&#34;Ann&#34;&lt;/b&gt;"' in answer.text


async def test_unknown_fields_and_other_bodies_are_refused(owner: Any) -> None:
    assert (await owner.post("/console/products", data=form(owner="me"))).status_code == 422
    assert (await owner.post("/console/products", json=form())).status_code == 400
    assert await fetch_value("SELECT count(*) FROM product") == 0


async def test_yen_have_no_cents(owner: Any, clock: Any) -> None:
    values = form(currency="JPY", price="1500")
    assert (await owner.post("/console/products", data=values)).status_code == 303
    answer = await owner.post("/console/products", data=form(currency="JPY", price="15.50"))
    assert answer.status_code == 422
    (card,) = (await list_products(owner.viewer.group_id, clock.now())).cards
    assert card.amount == 1500


async def test_a_change_is_stored_and_shown(owner: Any, colleague: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    url = f"/console/products/{product}"
    answer = await colleague.post(url, data=changed(name="Better"), headers=HTMX)
    assert answer.status_code == 200
    assert 'id="product-form"' in answer.text
    assert '<div hx-swap-oob="true" id="product-head">' in answer.text
    assert (await colleague.post(url, data=changed(name="Best"))).status_code == 303
    recorded = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'products.changed'"
    assert await fetch_value(recorded) == 2
    assert "Best" in (await owner.get(url)).text


@pytest.mark.any_moment
async def test_an_expired_product_can_still_be_described(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    ends = (clock.now() + timedelta(days=1)).replace(second=0)
    typed = changed(zone="UTC", expires_at=ends.strftime("%Y-%m-%dT%H:%M"))
    url = f"/console/products/{product}"
    assert (await owner.post(url, data=typed)).status_code == 303
    clock.advance(timedelta(days=2))
    assert (await find_product(owner.viewer.group_id, product, clock.now())).state == "expired"
    assert (await owner.post(url, data={**typed, "name": "Late"})).status_code == 303
    assert (
        await owner.post(url, data={**typed, "expires_at": "2021-01-01T00:00"})
    ).status_code == 422


async def test_expiry_is_typed_in_the_creators_zone(owner: Any, clock: Any) -> None:
    values = form(zone="Asia/Tokyo", expires_at="2040-07-01T09:00")
    await owner.post("/console/products", data=values)
    (card,) = (await list_products(owner.viewer.group_id, clock.now())).cards
    assert card.expires_at is not None
    assert card.expires_at.isoformat() == "2040-07-01T00:00:00+00:00"
    shown = (await owner.get(f"/console/products/{values['id']}")).text
    assert 'value="2040-07-01T09:00"' in shown


async def test_a_hidden_product_can_not_be_put_on_new_pages(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    group, url = owner.viewer.group_id, f"/console/products/{product}/deactivation"
    for _ in range(2):
        assert (await owner.post(url, headers=HTMX)).status_code == 200
    assert await choosable_products(group, clock.now()) == []
    # Pages that show it still find it.
    assert (await product_cards([product], clock.now()))[product].state == "inactive"
    assert (await owner.delete(url, headers=HTMX)).status_code == 200
    assert [card.id for card in await choosable_products(group, clock.now())] == [product]


async def test_an_outsider_reaches_no_product(owner: Any, outsider: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), name="Private")
    url = f"/console/products/{product}"
    assert (await outsider.get(url)).status_code == 404
    assert (await outsider.post(url, data=changed(name="Stolen"))).status_code == 404
    assert (await outsider.post(f"{url}/deactivation")).status_code == 404
    assert (await outsider.delete(f"{url}/deactivation")).status_code == 404
    assert "Private" not in (await outsider.get("/console/products")).text
    kept = await find_product(owner.viewer.group_id, product, clock.now())
    assert (kept.name, kept.state) == ("Private", "active")


async def test_nobody_and_who_may_only_look_change_nothing(
    client: Any, owner: Any, clock: Any
) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    url = f"/console/products/{product}"
    assert (await client.get(url)).status_code == 303
    assert (await client.post(url, data=changed())).status_code == 303
    looker = await make_colleague(
        owner.viewer, email="vera@example.com", roles=("viewer",), now=clock.now()
    )
    from tests.conftest import member_of

    async with await member_of(owner._transport.app, clock.now(), looker) as vera:
        assert (await vera.get(url)).status_code == 200
        assert (await vera.get("/console/products/new")).status_code == 404
        assert (await vera.post(url, data=changed())).status_code == 404
        assert (await vera.post("/console/products", data=form())).status_code == 404
        assert (await vera.post(f"{url}/deactivation")).status_code == 404
        assert (await vera.post(f"{url}/uploads?kind=original", data={})).status_code == 404


@pytest.mark.parametrize("path", ["nonsense", "00000000-0000-0000-0000-000000000000", "new/x"])
async def test_unknown_products(owner: Any, path: str) -> None:
    assert (await owner.get(f"/console/products/{path}")).status_code == 404


async def test_an_expiry_in_a_clock_change_is_asked_about(owner: Any, clock: Any) -> None:
    values = form(expires_at="2031-03-30T02:30")
    answer = await owner.post("/console/products", data=values)
    assert answer.status_code == 422 and "the clocks skip this time" in answer.text
    values["expires_at"] = "2031-10-26T02:30"
    answer = await owner.post("/console/products", data=values)
    assert answer.status_code == 422 and "the clocks show this time twice" in answer.text
    assert 'name="expires_at_fold"' in answer.text and 'value="2031-10-26T02:30"' in answer.text
    answer = await owner.post("/console/products", data={**values, "expires_at_fold": "second"})
    assert answer.status_code == 303
    (card,) = (await list_products(owner.viewer.group_id, clock.now())).cards
    assert card.expires_at and card.expires_at.isoformat() == "2031-10-26T01:30:00+00:00"
    # Saved again as it is shown, it does not move.
    shown = (await owner.get(f"/console/products/{values['id']}")).text
    assert 'value="second" selected' in shown
