"""Download links: to whom they open, how often, and that every try is kept."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings
from app.orders.downloading import Outcome, Visitor, open_link
from app.orders.links import download_path, order_path, read_download_token
from app.orders.queries import order_of
from tests.factories.deliveries import BYTES, Sold, make_sold
from tests.support.wire import wire

HOME = "127.0.0.1"
ELSEWHERE = "198.51.100.7"


async def _outcomes(sold: Sold) -> list[str]:
    rows = await db.fetch(
        "SELECT outcome FROM download_attempt WHERE order_id = $1 ORDER BY created_at, id", sold.id
    )
    return [row["outcome"] for row in rows]


async def _set_state(sold: Sold, state: str) -> None:
    await db.execute('UPDATE "order" SET state = $2 WHERE id = $1', sold.id, state)


async def test_the_link_leads_to_the_very_bytes(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now, files=['Ümläut & "quotes".pdf'])
    response = await client.get(
        download_path(sold.id, sold.files[0], HOME, now), headers={"User-Agent": "Firefox"}
    )
    assert response.status_code == 303
    async with wire() as browser:
        got = await browser.get(response.headers["location"])
        unsigned = await browser.get(response.headers["location"].partition("?")[0])
    assert got.content == BYTES
    assert got.headers["content-disposition"].startswith("attachment")
    assert "%C3%9Cml" in got.headers["content-disposition"]
    assert unsigned.status_code >= 400
    row = await db.fetch_one("SELECT * FROM download_attempt WHERE order_id = $1", sold.id)
    assert row is not None
    assert (row["outcome"], row["ip"], row["user_agent"]) == ("started", HOME, "Firefox")


async def test_a_link_opened_elsewhere_is_confirmed_by_mail(
    client: Any, owner: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    sold = await make_sold(owner.viewer, now, email=f"ann+{new_id()}@example.com")
    path = download_path(sold.id, sold.files[0], ELSEWHERE, now)
    response = await client.get(path)
    assert response.status_code == 403
    assert f"{path}/confirmation" in response.text
    assert sold.email not in response.text
    confirmed = await client.post(f"{path}/confirmation")
    assert confirmed.status_code == 200
    assert sold.email not in confirmed.text
    await run_jobs()
    messages = await inbox(sold.email)
    assert len(messages) == 1
    assert await _outcomes(sold) == ["elsewhere"]


async def test_an_expired_link_offers_a_new_one(client: Any, owner: Any, clock: Any) -> None:
    sold = await make_sold(owner.viewer, clock.now())
    path = download_path(sold.id, sold.files[0], HOME, clock.now())
    clock.advance(timedelta(minutes=10))
    response = await client.get(path)
    assert response.status_code == 410
    assert f"{path}/confirmation" in response.text
    assert await _outcomes(sold) == ["expired"]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("refunded", "refunded"),
        ("disputed", "refunded"),
        ("processing", "unpaid"),
        ("failed", "unpaid"),
        ("expired", "unpaid"),
    ],
)
async def test_what_is_not_paid_is_not_delivered(
    client: Any, owner: Any, now: Any, state: str, outcome: str
) -> None:
    sold = await make_sold(owner.viewer, now)
    path = download_path(sold.id, sold.files[0], HOME, now)
    await _set_state(sold, state)
    assert (await client.get(path)).status_code == 403
    assert (await client.post(f"{path}/confirmation")).status_code == 403
    assert await _outcomes(sold) == [outcome]


async def test_a_part_refund_keeps_the_files(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now, state="partially_refunded", refunded_amount=100)
    response = await client.get(download_path(sold.id, sold.files[0], HOME, now))
    assert response.status_code == 303


async def test_attempts_are_limited_and_counted_exactly(
    app: Any, owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "download_attempts_per_order", 3)
    sold = await make_sold(owner.viewer, now)
    path = download_path(sold.id, sold.files[0], HOME, now)
    claim = read_download_token(path.removeprefix("/d/"), now)
    order = await order_of(claim.order_id)
    tries = await asyncio.gather(
        *(open_link(claim, order, Visitor(HOME, ""), now) for _ in range(12))
    )
    assert [download.outcome for download in tries].count(Outcome.STARTED) == 3
    assert sorted(await _outcomes(sold)) == ["exhausted"] * 9 + ["started"] * 3


async def test_used_up_downloads_say_whom_to_ask(
    client: Any, owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "download_attempts_per_order", 0)
    monkeypatch.setattr("app.orders.downloading.TRIES_PER_FILE", 1)
    sold = await make_sold(owner.viewer, now)
    path = download_path(sold.id, sold.files[0], HOME, now)
    assert (await client.get(path)).status_code == 303
    response = await client.get(path)
    assert response.status_code == 429
    assert "seller" in response.text


async def test_the_rate_is_limited_per_order_and_recorded(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now, files=[f"{n}.pdf" for n in range(12)])
    path = download_path(sold.id, sold.files[0], HOME, now)
    statuses = [(await client.get(path)).status_code for _ in range(37)]
    assert statuses == [303] * 36 + [429]
    assert (await _outcomes(sold))[-1] == "throttled"


async def test_an_order_of_many_files_is_fetched_in_one_go(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now, files=[f"{n}.pdf" for n in range(70)])
    link = order_path(sold.id, now)
    for file in sold.files:
        minted = await client.get(f"{link}/files/{file}")
        assert minted.status_code == 303
        assert (await client.get(minted.headers["location"])).status_code == 303
    assert await _outcomes(sold) == ["started"] * 70


async def test_a_missing_object_is_told_and_uses_nothing_up(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now, stored=False)
    response = await client.get(download_path(sold.id, sold.files[0], HOME, now))
    assert response.status_code == 404
    assert await _outcomes(sold) == ["missing"]


async def test_a_store_that_is_down_is_told_with_a_retry(
    client: Any, owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.storage.objects import S3ObjectStore

    sold = await make_sold(owner.viewer, now)
    down = get_settings().model_copy(update={"s3_endpoint": "http://127.0.0.1:9"})
    monkeypatch.setattr("app.orders.downloading.get_store", lambda: S3ObjectStore(down))
    path = download_path(sold.id, sold.files[0], HOME, now)
    response = await client.get(path)
    assert response.status_code == 502
    assert f'href="{path}"' in response.text
    assert await _outcomes(sold) == ["store_failed"]


async def test_a_file_of_another_order_is_not_delivered(client: Any, owner: Any, now: Any) -> None:
    sold, other = await make_sold(owner.viewer, now), await make_sold(owner.viewer, now)
    response = await client.get(download_path(sold.id, other.files[0], HOME, now))
    assert response.status_code == 404
    page = await client.get(f"{order_path(sold.id, now)}/files/{other.files[0]}")
    assert page.status_code == 404


@pytest.mark.parametrize("path", ["/d/nonsense", "/d/e30.AAAA", "/d/%00", "/orders/nonsense"])
async def test_a_changed_signature_is_refused(client: Any, path: str) -> None:
    assert (await client.get(path)).status_code == 403


async def test_an_order_that_is_gone_leaves_no_trace(client: Any, now: Any) -> None:
    response = await client.get(download_path(new_id(), new_id(), HOME, now))
    assert response.status_code == 404
    assert await db.fetch_value("SELECT count(*) FROM download_attempt") == 0


async def test_the_order_page_mints_a_fresh_link_on_each_click(
    client: Any, owner: Any, clock: Any
) -> None:
    sold = await make_sold(owner.viewer, clock.now(), files=["a.pdf", "b.zip"])
    path = order_path(sold.id, clock.now())
    clock.advance(timedelta(days=100))
    page = await client.get(path)
    assert page.status_code == 200
    for file_id in sold.files:
        assert f"{path}/files/{file_id}" in page.text
    minted = await client.get(f"{path}/files/{sold.files[1]}")
    assert minted.status_code == 303
    assert urlsplit(minted.headers["location"]).path.startswith("/d/")
    assert (await client.get(minted.headers["location"])).status_code == 303


async def test_a_refunded_order_shows_its_receipt_without_downloads(
    client: Any, owner: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now, state="refunded", refunded_amount=1299)
    page = await client.get(order_path(sold.id, now))
    assert page.status_code == 200
    assert "/files/" not in page.text
    assert "money back" in page.text


async def test_an_order_link_that_is_too_old_shows_the_way_back(
    client: Any, owner: Any, clock: Any
) -> None:
    sold = await make_sold(owner.viewer, clock.now())
    path = order_path(sold.id, clock.now())
    clock.advance(timedelta(days=366))
    page = await client.get(path)
    assert page.status_code == 410
    assert "/orders/recover" in page.text
    assert sold.number not in page.text


async def test_a_refund_in_the_middle_of_a_click_is_respected(
    app: Any, owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = await make_sold(owner.viewer, now)

    async def refunded_meanwhile(_file: Any) -> str:
        await _set_state(sold, "refunded")
        return "http://store.example/object"

    monkeypatch.setattr("app.orders.downloading.object_url", refunded_meanwhile)
    path = download_path(sold.id, sold.files[0], HOME, now)
    claim = read_download_token(path.removeprefix("/d/"), now)
    download = await open_link(claim, await order_of(claim.order_id), Visitor(HOME, ""), now)
    assert (download.outcome, download.url) == (Outcome.REFUNDED, "")
