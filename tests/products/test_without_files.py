"""A product without a file: it is sold only where its creator says what buyers get instead, and buyers read it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.core.db import execute, fetch_value
from app.core.errors import Conflict, Invalid
from app.core.forms import FieldError
from app.orders.queries import order_of
from app.pages import loading, publishing
from app.products.arranging import remove_file
from app.products.editing import change_product
from app.products.forms import Details
from app.products.queries import original_files
from tests.factories.links import sale_of
from tests.factories.orders import buy
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product

PARCEL = "A parcel within a week."


def details(instead: str) -> Details:
    return Details("Field guide", "", 0, "EUR", "UTC", None, instead)


async def test_publishing_refuses_until_there_is_something_to_get(
    owner: Any, now: datetime
) -> None:
    product = await make_product(owner.viewer, now=now, files=())
    page = await make_draft(owner.viewer, now=now, products=[product])
    for verb in (publishing.publish, publishing.schedule):
        later = page if verb is publishing.publish else await _with_launch(page.id, now)
        with pytest.raises(Invalid, match="has no file"):
            await verb(later, owner.viewer.user_id, now)
    answer = await owner.post(f"/console/pages/{page.id}/publication", data={"at": "now"})
    assert answer.status_code == 422 and "no file" in answer.text
    assert await fetch_value("SELECT published_at FROM page") is None


async def _with_launch(page_id: UUID, now: datetime) -> Any:
    await execute("UPDATE page SET launch_at = $1::timestamptz + interval '1 minute'", now)
    return await loading.by_id(page_id)


async def test_what_buyers_get_instead_is_read_everywhere(
    owner: Any, client: Any, now: datetime, run_jobs: Any
) -> None:
    product = await make_product(owner.viewer, now=now, files=(), amount=0)
    await change_product(owner.viewer, product, details(PARCEL), now)
    page = await make_page(owner.viewer, now=now, products=[product], amount=0)
    assert PARCEL in (await client.get(f"/p/{page.short_id}")).text
    placed = await buy(sale_of(page), now)
    order = await order_of(placed.order_id)
    assert order is not None and [line.instead for line in order.lines] == [PARCEL]
    from app.orders import emails
    from app.orders.links import order_path

    assert PARCEL in (await client.get(order_path(order.id, now))).text
    await emails.send_completed(order, now)
    text = await fetch_value("SELECT text FROM message WHERE name = 'order-completed'")
    assert PARCEL in text
    await change_product(owner.viewer, product, details("Two parcels."), now)
    await run_jobs()
    assert "Two parcels." in (await client.get(f"/p/{page.short_id}")).text


async def test_the_last_file_of_what_a_page_sells_stays(owner: Any, now: datetime) -> None:
    product = await make_product(owner.viewer, now=now)
    await make_page(owner.viewer, now=now, products=[product])
    [file] = await original_files(product)
    with pytest.raises(Conflict, match="another file first"):
        await remove_file(product, file.id, now)
    answer = await owner.delete(f"/console/products/{product}/files/{file.id}")
    assert answer.status_code == 409 and "another file first" in answer.text
    assert await original_files(product) == [file]
    await change_product(owner.viewer, product, details(PARCEL), now)
    await remove_file(product, file.id, now)
    with pytest.raises(FieldError):
        await change_product(owner.viewer, product, details(""), now)
    data = {"name": "Field guide", "price": "0", "currency": "EUR", "instead": ""}
    answer = await owner.post(f"/console/products/{product}", data=data)
    assert answer.status_code == 422 and "another file first" in answer.text
    assert await fetch_value("SELECT instead FROM product") == PARCEL


async def test_where_nothing_is_sold_a_file_may_go(owner: Any, now: datetime) -> None:
    product = await make_product(owner.viewer, now=now)
    await make_draft(owner.viewer, now=now, products=[product])
    [file] = await original_files(product)
    await remove_file(product, file.id, now)
    ended = await make_product(owner.viewer, now=now)
    await make_page(owner.viewer, now=now, products=[ended])
    await execute("UPDATE page SET ended_at = $1, ended_cause = 'hand' WHERE published_at IS NOT NULL", now)  # fmt: skip
    [file] = await original_files(ended)
    await remove_file(ended, file.id, now)
