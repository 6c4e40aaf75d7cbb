"""The object store's contract, held by the one implementation against a real S3 server."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.core.ids import new_id
from app.core.settings import get_settings
from app.storage.contract import Digest, ObjectMissing, ObjectStore, PartsRefused, StoreUnavailable
from app.storage.filenames import content_disposition
from app.storage.objects import S3ObjectStore
from tests.support.wire import wire

PART = 5 * 1024 * 1024
LIFE = timedelta(minutes=5)
# S3 answers a request without a signature with 403, rclone with 400.
REFUSED = (400, 403)


@pytest.fixture
def store() -> ObjectStore:
    return S3ObjectStore(get_settings())


@pytest.fixture
def key() -> str:
    return f"users/{new_id()}/products/{new_id()}/original/{new_id()}"


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with wire(headers={"Origin": get_settings().base_url}) as client:
        yield client


async def test_put_then_stat_read_and_digest(store: ObjectStore, key: str) -> None:
    data = b"mayfly" * 1000
    await store.put(key, data, "application/pdf")
    assert await store.stat(key) == len(data)
    assert await store.read(key, 6) == b"mayfly"
    assert await store.read(key, 10_000_000) == data
    digest = await store.digest(key)
    assert (digest.size, digest.sha256) == (len(data), hashlib.sha256(data).hexdigest())


async def test_what_is_not_there_is_missing(store: ObjectStore, key: str) -> None:
    for ask in (store.stat(key), store.digest(key), store.read(key, 1)):
        with pytest.raises(ObjectMissing):
            await ask
    await store.remove(key)
    await store.abort_multipart(key, str(new_id()))
    with pytest.raises(ObjectMissing):
        await store.list_parts(key, str(new_id()))


async def test_a_file_larger_than_a_part_is_put_as_it_is(
    store: ObjectStore, key: str, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * (PART // 256) + b"and some more")
    await store.put_file(key, path, "application/zip")
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert await store.digest(key) == Digest(PART + 13, expected)


async def test_what_lies_in_a_folder_is_listed(store: ObjectStore) -> None:
    folder = f"users/{new_id()}/"
    kept = [f"{folder}exports/{new_id()}.zip", f"{folder}products/a/original/b"]
    for key in (*kept, f"users/{new_id()}/elsewhere"):
        await store.put(key, b"x", "text/plain")
    assert await store.keys_under(folder) == kept
    assert await store.keys_under(f"{folder}exports/") == kept[:1]
    assert await store.keys_under(f"{folder}nothing/") == []


async def test_removed_is_gone(store: ObjectStore, key: str) -> None:
    await store.put(key, b"x", "text/plain")
    await store.remove(key)
    with pytest.raises(ObjectMissing):
        await store.stat(key)


async def test_a_browser_uploads_parts_that_are_joined(
    store: ObjectStore, key: str, browser: httpx.AsyncClient
) -> None:
    parts = [b"a" * PART, b"b" * 100]
    upload_id = await store.create_multipart(key, "application/zip")
    for number, data in enumerate(parts, start=1):
        answer = await browser.put(store.presign_part(key, upload_id, number, LIFE), content=data)
        assert answer.status_code == 200
        assert answer.headers["etag"]
        # The script in the browser reads the tag, so the store must let it.
        assert "etag" in answer.headers["access-control-expose-headers"].lower()
        assert answer.headers["access-control-allow-origin"] in ("*", get_settings().base_url)
    listed = await store.list_parts(key, upload_id)
    assert [(part.number, part.size) for part in listed] == [(1, PART), (2, 100)]
    await store.complete_multipart(key, upload_id, listed)
    assert (await store.digest(key)).sha256 == hashlib.sha256(b"".join(parts)).hexdigest()


async def test_preflight_of_an_upload_is_allowed(
    store: ObjectStore, key: str, browser: httpx.AsyncClient
) -> None:
    upload_id = await store.create_multipart(key, "")
    asked = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = await browser.options(store.presign_part(key, upload_id, 1, LIFE), headers=asked)
    assert answer.status_code in (200, 204)
    assert "PUT" in answer.headers["access-control-allow-methods"]
    await store.abort_multipart(key, upload_id)


async def test_after_joining_its_urls_are_dead(
    store: ObjectStore, key: str, browser: httpx.AsyncClient
) -> None:
    upload_id = await store.create_multipart(key, "")
    url = store.presign_part(key, upload_id, 1, LIFE)
    await browser.put(url, content=b"verified")
    parts = await store.list_parts(key, upload_id)
    await store.complete_multipart(key, upload_id, parts)
    assert (await browser.put(url, content=b"swapped!")).status_code == 404
    assert await store.read(key, 100) == b"verified"
    with pytest.raises(ObjectMissing):
        await store.complete_multipart(key, upload_id, parts)


async def test_a_part_that_never_came_is_refused(
    store: ObjectStore, key: str, browser: httpx.AsyncClient
) -> None:
    upload_id = await store.create_multipart(key, "")
    await browser.put(store.presign_part(key, upload_id, 1, LIFE), content=b"x")
    (part,) = await store.list_parts(key, upload_id)
    missing = type(part)(2, part.etag, part.size)
    with pytest.raises(PartsRefused):
        await store.complete_multipart(key, upload_id, [part, missing])
    await store.abort_multipart(key, upload_id)
    with pytest.raises(ObjectMissing):
        await store.list_parts(key, upload_id)


@pytest.mark.parametrize(
    "name",
    [
        "guide.pdf",
        'a "quoted"; name.pdf',
        "Überraschung - 100 %.pdf",
        "日本語の本.epub",
        "🦋.zip",
        "line\r\nSet-Cookie: x=1.txt",
        "../../etc/passwd",
    ],
)
async def test_a_download_is_an_attachment_with_its_name(
    store: ObjectStore, key: str, browser: httpx.AsyncClient, name: str
) -> None:
    await store.put(key, b"<script>alert(1)</script>", "text/html")
    answer = await browser.get(store.presign_get(key, name, LIFE, "text/html"))
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == content_disposition(name)
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "set-cookie" not in answer.headers


async def test_ranges_are_served(store: ObjectStore, key: str, browser: httpx.AsyncClient) -> None:
    await store.put(key, b"0123456789", "")
    url = store.presign_get(key, "digits", LIFE)
    answer = await browser.get(url, headers={"Range": "bytes=2-4"})
    # rclone calls it 200, but sends what was asked and says which part it is.
    assert answer.status_code in (200, 206)
    assert answer.content == b"234"
    assert answer.headers["content-range"] == "bytes 2-4/10"


async def test_nothing_is_public_and_no_parameter_can_change(
    store: ObjectStore, key: str, browser: httpx.AsyncClient
) -> None:
    await store.put(key, b"secret", "")
    url = store.presign_get(key, "a.txt", LIFE)
    bare = url.split("?")[0]
    assert (await browser.get(bare)).status_code in REFUSED
    assert (await browser.get(url.replace("a.txt", "b.html"))).status_code in REFUSED
    assert (await browser.put(url, content=b"mine")).status_code in REFUSED
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["300"]


async def test_a_store_that_is_down_says_so(key: str) -> None:
    settings = get_settings().model_copy(update={"s3_endpoint": "http://127.0.0.1:1"})
    down = S3ObjectStore(settings)
    with pytest.raises(StoreUnavailable):
        await down.stat(key)
    with pytest.raises(StoreUnavailable):
        await down.put(key, b"x", "")
