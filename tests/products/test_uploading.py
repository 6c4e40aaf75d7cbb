from datetime import timedelta
from typing import Any

import pytest

from app.core.db import fetch_value
from app.core.ids import new_id
from app.core.settings import get_settings
from app.products.filing import OLD_PICTURES_STAY
from app.products.keys import picture_key
from app.products.kinds import COVER_BYTES, FileKind
from app.products.queries import original_files, product_files
from app.storage.contract import ObjectMissing
from app.storage.objects import get_store
from app.storage.verifying import FORGET_AFTER, STALE_AFTER, purge_stale
from tests.factories.products import make_product, picture
from tests.products.uploads import announce, complete, send_parts, upload
from tests.support.wire import wire

PART = 8 * 1024 * 1024


async def test_a_file_goes_from_the_browser_to_the_store_and_is_verified(
    owner: Any, clock: Any
) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    answer = await upload(owner, product, b"the very bytes", name="Größe “1”.pdf")
    assert answer.status_code == 200
    (file,) = await original_files(product)
    assert f'id="file-{file.id}"' in answer.text
    assert (file.name, file.size) == ("Größe “1”.pdf", 14)
    viewer = owner.viewer
    assert file.object_key == f"users/{viewer.user_id}/products/{product}/original/{file.id}"
    assert await get_store().read(file.object_key, 100) == b"the very bytes"


async def test_the_creator_downloads_it_as_an_attachment(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    await upload(owner, product, b"<script>", name="../x.html", content_type="text/html")
    (file,) = await original_files(product)
    answer = await owner.get(f"/console/products/{product}/files/{file.id}/content")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(get_settings().s3_endpoint)
    async with wire() as browser:
        got = await browser.get(answer.headers["location"])
    assert got.content == b"<script>"
    assert got.headers["content-disposition"].startswith('attachment; filename="x.html"')
    assert got.headers["content-type"] == "application/octet-stream"


async def test_an_interrupted_upload_is_taken_up_where_it_stopped(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    data = b"a" * PART + b"b" * PART + b"c"
    first = (await announce(owner, product, data)).json()
    assert [part["done"] for part in first["parts"]] == [False, False, False]
    await send_parts(first, data, only=2)
    refused = await complete(owner, first)
    assert refused.status_code == 422
    second = (await announce(owner, product, data)).json()
    assert second["upload_id"] == first["upload_id"]
    assert [part["done"] for part in second["parts"]] == [False, True, False]
    await send_parts(second, data)
    assert (await complete(owner, second)).status_code == 200
    # 16 MiB and a byte: the worker verifies.
    assert await original_files(product) == []


async def test_a_large_file_is_verified_by_the_worker(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    answer = await upload(owner, product, b"x" * (2 * PART + 1))
    assert 'hx-trigger="load delay:1s"' in answer.text
    row = answer.text.split('hx-get="')[1].split('"')[0]
    assert "checking" in (await owner.get(row)).text
    await run_jobs()
    (file,) = await original_files(product)
    assert 'class="file-row ready' in (await owner.get(row)).text
    assert file.size == 2 * PART + 1


async def test_completing_twice_makes_one_file(owner: Any, clock: Any, run_jobs: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"once")).json()
    await send_parts(plan, b"once")
    assert (await complete(owner, plan)).status_code == 200
    assert (await complete(owner, plan)).status_code == 200
    clock.advance(timedelta(minutes=2))
    await run_jobs()
    assert len(await original_files(product)) == 1


async def test_damaged_bytes_are_refused_and_removed(owner: Any, clock: Any, run_jobs: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"right")).json()
    await send_parts(plan, b"wrong")
    answer = await complete(owner, plan)
    assert answer.status_code == 422
    assert "damaged" in answer.text
    assert await original_files(product) == []
    key = await fetch_value("SELECT object_key FROM upload")
    await run_jobs()
    with pytest.raises(ObjectMissing):
        await get_store().stat(key)
    # It stays on the page with its reason until it is dismissed.
    assert "damaged" in (await owner.get(f"/console/products/{product}")).text
    assert (await owner.delete(plan["abort_url"])).status_code == 200
    assert "damaged" not in (await owner.get(f"/console/products/{product}")).text


async def test_another_size_than_announced_is_refused(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"12345")).json()
    await send_parts(plan, b"1234")
    assert (await complete(owner, plan)).status_code == 422
    assert await original_files(product) == []


async def test_a_cancelled_upload_leaves_nothing(owner: Any, clock: Any, run_jobs: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"never")).json()
    await send_parts(plan, b"never")
    assert (await owner.delete(plan["abort_url"])).status_code == 200
    await run_jobs()
    assert (await complete(owner, plan)).status_code == 409
    async with wire() as browser:
        assert (await browser.put(plan["parts"][0]["url"], content=b"x")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "said", "status"),
    [
        ("original", {"size": "0"}, 422),
        ("original", {"size": "-1"}, 422),
        ("original", {"size": "a"}, 422),
        ("original", {"size": str(6 * 1024**3)}, 422),
        ("original", {"size": "9" * 40}, 422),
        ("original", {"name": ""}, 422),
        ("original", {"name": "x" * 2000}, 422),
        ("original", {"content_type": "nonsense"}, 422),
        ("original", {"sha256": "zz"}, 422),
        ("original", {"surprise": "1"}, 422),
        ("cover", {"content_type": "image/svg+xml"}, 422),
        ("cover", {"content_type": "image/png", "size": str(COVER_BYTES + 1)}, 422),
        ("preview", {"content_type": "text/html"}, 422),
        ("nonsense", {}, 404),
        ("", {}, 404),
    ],
)
async def test_what_may_not_be_uploaded(
    owner: Any, clock: Any, kind: str, said: dict[str, str], status: int
) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    values = {"name": "a.pdf", "size": "10", "content_type": "application/pdf", **said}
    url = f"/console/products/{product}/uploads?kind={kind}"
    assert (await owner.post(url, data=values)).status_code == status
    assert await fetch_value("SELECT count(*) FROM upload") == 0


async def test_a_cover_gets_web_sized_pictures(owner: Any, clock: Any, run_jobs: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    data = picture(1600, 900)
    answer = await upload(
        owner, product, data, name="a.jpg", kind="cover", content_type="image/jpeg"
    )
    assert "checking" in answer.text
    await run_jobs()
    (file,) = await product_files(product, FileKind.COVER)
    assert file.cover is not None
    assert (file.cover.width, file.cover.height) == (1200, 675)
    shown = await owner.get(file.cover.small)
    assert shown.headers["content-type"].startswith("image/webp")
    assert file.cover.small in (await owner.get("/console/products")).text


async def test_a_new_cover_takes_the_place_of_the_old_one(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    for colour in ("#ff0000", "#00ff00"):
        data = picture(colour=colour)
        await upload(owner, product, data, name="a.jpg", kind="cover", content_type="image/jpeg")
        await run_jobs()
        files = await product_files(product, FileKind.COVER)
        assert len(files) == 1
    keys = await fetch_value("SELECT array_agg(object_key) FROM upload WHERE kind = 'cover'")
    (old,) = [key for key in keys if key != files[0].object_key]
    with pytest.raises(ObjectMissing):
        await get_store().stat(old)
    # Browsers that are open may still show the old pictures for a while.
    assert await get_store().stat(picture_key(old, 400)) > 0
    clock.advance(OLD_PICTURES_STAY)
    await run_jobs()
    with pytest.raises(ObjectMissing):
        await get_store().stat(picture_key(old, 400))


async def test_a_cover_that_is_no_picture_is_refused_and_the_old_one_stays(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    said = {"name": "a.png", "kind": "cover", "content_type": "image/png"}
    await upload(owner, product, picture(form="PNG"), **said)
    await run_jobs()
    (kept,) = await product_files(product, FileKind.COVER)
    plan = (await announce(owner, product, b"<html>", **said)).json()
    await send_parts(plan, b"<html>")
    await complete(owner, plan)
    await run_jobs()
    assert [file.id for file in await product_files(product, FileKind.COVER)] == [kept.id]
    # The row that asked gets the whole list: the refusal and the cover that stays.
    shown = (await owner.get(plan["abort_url"])).text
    assert shown.startswith('<ul id="files-cover"')
    assert "can&#39;t be read" in shown
    assert f'id="file-{kept.id}"' in shown
    # A new try takes the place of the refused one.
    await announce(owner, product, b"<html>", **said)
    assert "can&#39;t be read" not in (await owner.get(f"/console/products/{product}")).text


async def test_stale_uploads_are_given_up(owner: Any, clock: Any, run_jobs: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"half")).json()
    await send_parts(plan, b"half")
    clock.advance(STALE_AFTER - timedelta(seconds=1))
    assert await purge_stale(clock.now()) == 0
    clock.advance(timedelta(seconds=2))
    assert await purge_stale(clock.now()) == 1
    await run_jobs()
    async with wire() as browser:
        assert (await browser.put(plan["parts"][0]["url"], content=b"x")).status_code == 404
    clock.advance(FORGET_AFTER + timedelta(seconds=1))
    await purge_stale(clock.now())
    assert await fetch_value("SELECT count(*) FROM upload") == 0


async def test_an_outsider_reaches_no_upload(owner: Any, outsider: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    plan = (await announce(owner, product, b"mine")).json()
    await send_parts(plan, b"mine")
    assert (await announce(outsider, product, b"theirs")).status_code == 404
    assert (await complete(outsider, plan)).status_code == 404
    assert (await outsider.get(plan["abort_url"])).status_code == 404
    assert (await outsider.delete(plan["abort_url"])).status_code == 404
    # Not through a product of their own either.
    other = await make_product(outsider.viewer, now=clock.now(), files=())
    elsewhere = plan["complete_url"].replace(str(product), str(other))
    assert (await outsider.post(elsewhere, data={"etags": "[]"})).status_code == 404
    assert (await complete(owner, plan)).status_code == 200


async def test_a_colleague_may_upload(owner: Any, colleague: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    assert (await upload(colleague, product, b"ours")).status_code == 200
    unknown = f"/console/products/{product}/uploads/{new_id()}"
    assert (await colleague.get(unknown)).status_code == 404
