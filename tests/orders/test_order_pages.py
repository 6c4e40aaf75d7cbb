"""The page after paying, the JSON beside it, and the way back for who lost their link."""

from typing import Any

import pytest

from app.core import db
from app.core.ids import new_id
from app.orders.links import order_path
from tests.factories.deliveries import make_sold

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    "query", ["", "?session_id=", "?session_id=cs_%00abcdefgh", "?session_id=pi_123456789012"]
)
@pytest.mark.parametrize("path", ["/download", "/download/status", "/api/download-link"])
async def test_a_malformed_session_is_refused(client: Any, path: str, query: str) -> None:
    assert (await client.get(path + query)).status_code == 400


async def test_a_paid_order_is_there_at_once_and_starts_by_itself(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now)
    page = await client.get("/download", params={"session_id": sold.session_id})
    assert page.status_code == 200
    assert "Field guide" in page.text
    assert "guide.pdf" in page.text
    assert f"/download/start?session_id={sold.session_id}" in page.text
    start = await client.get(
        "/download/start", params={"session_id": sold.session_id}, headers=HTMX
    )
    assert start.headers["hx-redirect"].startswith("/d/")
    assert (await client.get(start.headers["hx-redirect"])).status_code == 303
    again = await client.get("/download", params={"session_id": sold.session_id})
    assert "/download/start" not in again.text


async def test_several_files_are_listed_and_none_starts(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now, files=["a.pdf", "b.pdf"])
    page = await client.get("/download", params={"session_id": sold.session_id})
    assert "a.pdf" in page.text
    assert "b.pdf" in page.text
    assert "/download/start" not in page.text


async def test_the_first_look_waits_and_goes_on_by_itself(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now, state="processing")
    page = await client.get("/download", params={"session_id": sold.session_id})
    assert page.status_code == 200
    assert "load delay:1500ms" in page.text
    assert 'http-equiv="refresh"' in page.text
    assert "attempt=1" in page.text


async def test_the_link_as_json(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now, files=["a.pdf", "b.pdf"])
    response = await client.get("/api/download-link", params={"session_id": sold.session_id})
    assert response.status_code == 200
    body = response.json()
    assert [file["name"] for file in body["files"]] == ["a.pdf", "b.pdf"]
    assert body["url"] == body["files"][0]["url"]
    assert (await client.get(body["url"])).status_code == 303


@pytest.mark.parametrize("state", ["refunded", "disputed"])
async def test_the_link_is_refused_after_a_refund(
    client: Any, owner: Any, now: Any, state: str
) -> None:
    sold = await make_sold(owner.viewer, now, state=state)
    query = {"session_id": sold.session_id}
    response = await client.get("/api/download-link", params=query)
    assert response.status_code == 403
    assert response.json()["error"]
    page = await client.get("/download", params={**query, "attempt": 1})
    assert page.status_code == 403


async def test_a_missing_object_is_a_failure_of_the_store(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now, stored=False)
    response = await client.get("/api/download-link", params={"session_id": sold.session_id})
    assert response.status_code == 502


async def test_the_link_is_limited_in_rate(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    query = {"session_id": sold.session_id}
    statuses = [
        (await client.get("/api/download-link", params=query)).status_code for _ in range(31)
    ]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {200}


async def test_a_lost_link_comes_back_by_mail(
    client: Any, owner: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    address = f"ann-{new_id()}@example.com"
    first = await make_sold(owner.viewer, now, email=address)
    second = await make_sold(owner.viewer, now, email=address)
    await make_sold(owner.viewer, now, email=address, state="expired")
    known = await client.post("/orders/recover", data={"email": address.upper()})
    unknown = await client.post("/orders/recover", data={"email": "nobody@example.com"})
    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text
    await run_jobs()
    messages = await inbox(address)
    assert len(messages) == 2
    subjects = " ".join(message["subject"] for message in messages)
    assert first.number in subjects
    assert second.number in subjects
    assert await inbox("nobody@example.com") == []


async def test_recovering_is_limited_without_telling(client: Any, owner: Any, now: Any) -> None:
    await make_sold(owner.viewer, now)
    answers = [
        await client.post("/orders/recover", data={"email": "ann@example.com"}) for _ in range(5)
    ]
    assert {answer.status_code for answer in answers} == {200}
    queued = await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'orders.recover'"
    )
    assert queued == 3


@pytest.mark.parametrize("email", ["", "no-address", "a@b", "x" * 300 + "@example.com"])
async def test_a_wrong_address_is_told_beside_the_field(client: Any, email: str) -> None:
    response = await client.post("/orders/recover", data={"email": email})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text


async def test_unknown_fields_are_refused(client: Any) -> None:
    response = await client.post("/orders/recover", data={"email": "a@example.com", "x": "1"})
    assert response.status_code == 422


async def test_pages_of_orders_are_not_indexed_or_kept(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    page = await client.get("/download", params={"session_id": sold.session_id})
    assert page.headers["cache-control"] == "no-store"
    assert 'content="noindex"' in page.text


async def test_the_buyers_pages_wear_the_pages_theme(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    waiting = await make_sold(owner.viewer, now, state="processing")
    addresses = (
        f"/download?session_id={sold.session_id}",
        f"/download?session_id={waiting.session_id}",
        order_path(sold.id, now),
    )
    for address in addresses:
        assert '<link rel="stylesheet" href="/p/theme/' in (await client.get(address)).text
