"""The one reduction that a page names: what this visitor pays less, and nothing where nothing costs anything."""

from datetime import datetime
from typing import Any

import pytest

from app.core.ids import new_id
from tests.factories.links import share
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product


async def test_a_free_product_has_no_reduction(owner: Any, client: Any, now: datetime) -> None:
    product = await make_product(owner.viewer, now=now, amount=0)
    page = await make_page(owner.viewer, now=now, products=[product], discount_percent=20)
    link = await share(page, now, discount_percent=30)
    for address in (f"/p/{page.short_id}", link.url):
        shown = (await client.get(address)).text
        assert "\u221220 %" not in shown and "% off for you" not in shown


@pytest.mark.parametrize(
    ("own", "link", "named"),
    [(50, 60, "80 % off for you"), (0, 60, "60 % off for you"), (25, 33, "49 % off for you")],
)
async def test_a_links_reduction_and_the_pages_are_named_as_one(
    owner: Any, client: Any, now: datetime, own: int, link: int, named: str
) -> None:
    page = await make_page(owner.viewer, now=now, discount_percent=own)
    shared = await share(page, now, discount_percent=link)
    shown = (await client.get(shared.url)).text
    assert named in shown and f"\u2212{own} %" not in shown
    plain = (await client.get(f"/p/{page.short_id}")).text
    assert "off for you" not in plain and (f"\u2212{own} %" in plain) is bool(own)


async def test_a_stopped_link_leaves_the_pages_own_reduction(
    owner: Any, client: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now, discount_percent=50)
    shared = await share(page, now, discount_percent=60, use_before=now)
    shown = (await client.get(shared.url)).text
    assert "off for you" not in shown and "\u221250 %" in shown


async def test_other_currencies_are_not_offered_and_the_most_is_said_before(
    owner: Any, now: datetime
) -> None:
    euros = [
        await make_product(owner.viewer, now=now, name=f"Euro {n}", files=()) for n in range(2)
    ]
    yen = await make_product(owner.viewer, now=now, name="Yen print", currency="JPY", amount=500)
    page = await make_draft(owner.viewer, now=now, products=euros[:1])
    shown = (await owner.get(f"/console/pages/{page.id}/edit")).text
    assert "Euro 1" in shown and "Yen print" not in shown
    assert "1 of at most 20 products" in shown and "others than EUR" in shown
    assert 'data-counter="true"' in shown
    data = {
        "title": "Sale",
        "item": [str(euros[0])],
        "item_amount": ["19"],
        "item_quantity": [""],
        "pick": "add",
    }
    for product, words in ((yen, "here it is EUR"), (euros[1], "2 of at most 20")):
        path = f"/console/pages/{page.id}/picker"
        answer = await owner.post(path, data={**data, "add": str(product)})
        assert words in answer.text
    everything = {**data, "item": [str(new_id()) for _ in range(20)], "item_amount": ["1"] * 20}
    full = await owner.post(f"/console/pages/{page.id}/picker", data=everything | {"add": str(yen)})
    assert "At most 20" in full.text
