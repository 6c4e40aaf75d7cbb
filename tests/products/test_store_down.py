"""The object store being away: a clear answer, no half-made state, and going on where it stopped."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from app.core.db import fetch_value
from app.core.settings import get_settings
from app.products.queries import original_files
from app.storage import media, uploading, verifying
from app.storage.contract import StoreUnavailable
from app.storage.objects import S3ObjectStore
from tests.factories.products import make_product
from tests.products.uploads import announce, complete, send_parts

NOWHERE = "http://127.0.0.1:1"


@contextmanager
def store_down() -> Generator[None]:
    settings = get_settings().model_copy(update={"s3_endpoint": NOWHERE})
    away = S3ObjectStore(settings)
    with pytest.MonkeyPatch.context() as patch:
        for module in (uploading, verifying, media):
            patch.setattr(module, "get_store", lambda: away)
        yield


async def test_beginning_leaves_no_trace(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    with store_down():
        answer = await announce(owner, product, b"data")
    assert answer.status_code == 502
    assert "storage did not answer" in answer.text
    assert await fetch_value("SELECT count(*) FROM upload") == 0


async def test_completing_can_be_tried_again(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"data")).json()
    await send_parts(plan, b"data")
    with store_down():
        assert (await complete(owner, plan)).status_code == 502
    assert await original_files(product) == []
    assert (await complete(owner, plan)).status_code == 200
    assert len(await original_files(product)) == 1


async def test_what_was_joined_but_not_noted_is_found_again(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"data")).json()
    await send_parts(plan, b"data")
    key = await fetch_value("SELECT object_key FROM upload")
    multipart_id = await fetch_value("SELECT multipart_id FROM upload")
    store = S3ObjectStore(get_settings())
    await store.complete_multipart(key, multipart_id, await store.list_parts(key, multipart_id))
    assert (await complete(owner, plan)).status_code == 200
    assert len(await original_files(product)) == 1


async def test_an_upload_the_store_forgot_begins_anew(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    first = (await announce(owner, product, b"data")).json()
    key = await fetch_value("SELECT object_key FROM upload")
    multipart_id = await fetch_value("SELECT multipart_id FROM upload")
    await S3ObjectStore(get_settings()).abort_multipart(key, multipart_id)
    assert (await complete(owner, first)).status_code == 409
    second = (await announce(owner, product, b"data")).json()
    assert second["upload_id"] != first["upload_id"]


async def test_a_picture_can_not_be_shown(client: Any) -> None:
    with store_down():
        answer = await client.get(media.media_url("users/x/preview/y-400.webp"))
    assert answer.status_code == 502
    assert answer.headers["cache-control"] == "no-store"


async def test_verifying_waits_for_the_store(owner: Any, clock: Any, run_jobs: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    data = b"x" * (17 * 1024 * 1024)
    plan = (await announce(owner, product, data)).json()
    await send_parts(plan, data)
    await complete(owner, plan)
    with store_down(), pytest.raises(StoreUnavailable):
        await run_jobs()
    # The worker would try again; the file is neither taken nor refused meanwhile.
    assert await fetch_value("SELECT state FROM upload") == "checking"
