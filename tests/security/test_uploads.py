"""Uploads that lie: about size, type, name and owner. The store is asked, never the browser."""

import hashlib
from datetime import datetime
from typing import Any

import pytest

from app.core import db
from tests.factories.products import make_product
from tests.products.uploads import announce, complete, send_parts, upload
from tests.support.wire import wire

HTML = b"<html><script>alert(1)</script>"


async def _product(owner: Any, now: datetime) -> Any:
    return await make_product(owner.viewer, now=now, files=())


async def _files() -> int:
    return await db.fetch_value("SELECT count(*) FROM file")


@pytest.mark.parametrize("sent", [b"", b"short", b"much longer than what was announced"])
async def test_a_lie_about_the_size_makes_no_file(owner: Any, now: datetime, sent: bytes) -> None:
    product = await _product(owner, now)
    plan = (await announce(owner, product, b"ten bytes!")).json()
    async with wire() as store:
        await store.put(plan["parts"][0]["url"], content=sent)
    answer = await complete(owner, plan)
    assert answer.status_code in (409, 422)
    assert await _files() == 0


async def test_other_bytes_than_announced_make_no_file(owner: Any, now: datetime) -> None:
    product = await _product(owner, now)
    said = hashlib.sha256(b"ten bytes!").hexdigest()
    plan = (await announce(owner, product, b"ten bytes?", sha256=said)).json()
    await send_parts(plan, b"ten bytes?")
    assert (await complete(owner, plan)).status_code == 422
    assert await _files() == 0


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "image/webp"])
@pytest.mark.parametrize(
    "data",
    [
        HTML,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        b"\xff\xd8\xff" + b"\x00" * 50,
        b"GIF89a",
    ],
)
async def test_what_is_no_picture_is_no_cover(
    owner: Any, now: datetime, run_jobs: Any, content_type: str, data: bytes
) -> None:
    product = await _product(owner, now)
    await upload(owner, product, data, kind="cover", name="a.jpg", content_type=content_type)
    await run_jobs()
    assert await _files() == 0
    assert "alert(1)" not in (await owner.get(f"/console/products/{product}")).text


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript"],
)
async def test_a_file_never_runs_where_it_is_opened(
    owner: Any, now: datetime, content_type: str
) -> None:
    """From the store, as an attachment of no type that browsers run; from our own address, never."""
    product = await _product(owner, now)
    answer = await upload(owner, product, HTML, name="x.html", content_type=content_type)
    assert answer.status_code == 200, answer.text
    file_id = await db.fetch_value("SELECT id FROM file")
    led = await owner.get(f"/console/products/{product}/files/{file_id}/content")
    assert led.status_code == 303
    assert not led.headers["location"].startswith(("/", str(owner.base_url)))
    async with wire() as store:
        served = await store.get(led.headers["location"])
    assert served.headers["content-disposition"].startswith("attachment")
    assert served.headers["content-type"].partition(";")[0] == "application/octet-stream"


NAMES = (
    "../../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.pdf", "a\x00.pdf", "a\r\nX: y.pdf", "\u202efdp.exe", ".htaccess", "..", ".",
    " ", "a" * 999, "é" * 400 + ".pdf", 'a";filename="b.exe', "%2e%2e%2f", "a/b/c", "CON", "\ufeff", "\u2028.pdf", "users/x/products/y",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_tricks_in_names(owner: Any, now: datetime, name: str) -> None:
    """A name is a label: it is no path, changes no key, and adds no header."""
    product = await _product(owner, now)
    answer = await announce(owner, product, b"ten bytes!", name=name)
    if answer.status_code == 422:
        assert await db.fetch_value("SELECT count(*) FROM upload") == 0
        return
    row = await db.fetch_one("SELECT name, object_key, id FROM upload")
    assert row is not None
    assert (
        row["object_key"] == f"users/{owner.viewer.user_id}/products/{product}/original/{row['id']}"
    )
    assert not set(row["name"]) & set("/\\\x00\r\n\u202e\u2028")
    assert row["name"].strip(" .")
    assert len(row["name"].encode()) <= 255
    await send_parts(answer.json(), b"ten bytes!")
    assert (await complete(owner, answer.json())).status_code == 200
    file_id = await db.fetch_value("SELECT id FROM file")
    led = await owner.get(f"/console/products/{product}/files/{file_id}/content")
    async with wire() as store:
        served = await store.get(led.headers["location"])
    assert served.status_code == 200
    assert "x" not in served.headers
    assert served.content == b"ten bytes!"


async def test_anothers_upload_is_out_of_reach(owner: Any, outsider: Any, now: datetime) -> None:
    """Also through a product, or a page, of one's own."""
    product, mine = await _product(owner, now), await _product(outsider, now)
    plan = (await announce(owner, product, b"ten bytes!")).json()
    await send_parts(plan, b"ten bytes!")
    uploaded = plan["upload_id"]
    for place in (f"/console/products/{product}/uploads", f"/console/products/{mine}/uploads"):
        for method, path in (
            ("POST", f"{place}/{uploaded}/completion"),
            ("GET", f"{place}/{uploaded}"),
            ("DELETE", f"{place}/{uploaded}"),
        ):
            answer = await outsider.request(method, path, data={"etags": "[]"})
            assert answer.status_code == 404, (method, path)
    assert await db.fetch_value("SELECT state FROM upload WHERE id = $1", uploaded) == "open"
    assert (await complete(owner, plan)).status_code == 200


@pytest.mark.parametrize(
    "size", ["0", "-1", "1e3", "9" * 30, "5368709121", "9007199254740993", "٣", ""]
)
async def test_sizes_out_of_bounds_begin_nothing(owner: Any, now: datetime, size: str) -> None:
    product = await _product(owner, now)
    said = {"name": "a.pdf", "size": size, "content_type": "application/pdf"}
    answer = await owner.post(f"/console/products/{product}/uploads?kind=original", data=said)
    if size == "٣":  # three, in other digits: a number all the same
        return
    assert answer.status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM upload") == 0
