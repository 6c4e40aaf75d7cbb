"""Whatever is sent: an answer in the 200s to 400s, never a 500, and nothing stored that the rules forbid."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.currencies import CURRENCIES
from app.core.db import fetch
from app.core.ids import new_id
from app.storage.media import media_url
from tests.factories.products import make_product

FIELDS = ("name", "description", "price", "currency", "expires_at", "zone", "id", "active", "")
UPLOAD_FIELDS = ("name", "size", "content_type", "sha256", "kind")
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

texts = st.text(max_size=40) | st.sampled_from(
    ["-1", "1e999", "٣", "0x10", "1_000", "2030-01-01T00:00", "Europe/Berlin", "EUR", "\ufeff1"]
)


@QUICK
@given(values=st.dictionaries(st.sampled_from(FIELDS), texts))
async def test_the_product_form(owner: Any, values: dict[str, str]) -> None:
    sent = {"id": str(new_id()), "name": "x", "price": "1", "currency": "EUR", **values}
    answer = await owner.post("/console/products", data=sent)
    assert answer.status_code in (303, 422), (sent, answer.status_code)
    for row in await fetch("SELECT name, amount, currency FROM product"):
        assert row["name"].strip()
        assert row["amount"] >= 0
        assert row["currency"] in CURRENCIES


@QUICK
@given(values=st.dictionaries(st.sampled_from(UPLOAD_FIELDS), texts))
async def test_announcing_a_file(owner: Any, clock: Any, values: dict[str, str]) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    sent = {"name": "a.txt", "size": "10", "content_type": "text/plain", **values}
    answer = await owner.post(f"/console/products/{product}/uploads?kind=original", data=sent)
    assert answer.status_code in (201, 422), (sent, answer.status_code)


@QUICK
@given(query=st.dictionaries(st.sampled_from(["q", "state", "page"]), texts))
async def test_the_list(owner: Any, query: dict[str, str]) -> None:
    assert (await owner.get("/console/products", params=query)).status_code == 200


@QUICK
@given(place=st.integers(0, 400), character=st.characters(codec="ascii", categories=["L", "N"]))
async def test_the_address_of_a_picture(client: Any, place: int, character: str) -> None:
    url = media_url(f"users/{new_id()}/preview/{new_id()}-400.webp")
    # Not the last one: two bits of it are padding and mean nothing.
    place = len("/media/") + place % (len(url) - len("/media/") - 1)
    changed = url[:place] + character + url[place + 1 :]
    expected = (404,) if changed == url else (403,)
    assert (await client.get(changed)).status_code in expected


@pytest.mark.parametrize("body", [b"\xff\xfe", b"name=%ff%fe&price=1", b"a" * 100_000, b"&&==&"])
async def test_bodies_that_are_no_text(owner: Any, body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await owner.post("/console/products", content=body, headers=kind)
    assert 400 <= answer.status_code < 500
