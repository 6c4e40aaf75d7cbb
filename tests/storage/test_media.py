from datetime import datetime
from typing import Any

from app.core.ids import new_id
from app.core.signing import sign_token
from app.storage.media import PURPOSE, PictureCache, cache, media_url
from app.storage.objects import get_store


def _key() -> str:
    return f"users/{new_id()}/products/{new_id()}/preview/{new_id()}-400.webp"


async def test_a_picture_is_streamed_and_kept_by_browsers(client: Any) -> None:
    key = _key()
    await get_store().put(key, b"webp bytes", "image/webp")
    answer = await client.get(media_url(key))
    assert (answer.status_code, answer.content) == (200, b"webp bytes")
    assert answer.headers["content-type"].startswith("image/webp")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    again = await client.get(media_url(key), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_address_of_a_picture_never_changes() -> None:
    key = _key()
    assert media_url(key) == media_url(key)


async def test_a_second_visit_asks_no_store(client: Any) -> None:
    key = _key()
    await get_store().put(key, b"kept", "image/webp")
    await client.get(media_url(key))
    await get_store().remove(key)
    assert (await client.get(media_url(key))).content == b"kept"
    cache.drop(key)
    assert (await client.get(media_url(key))).status_code == 404


async def test_changed_and_foreign_tokens_are_refused(client: Any, now: datetime) -> None:
    url = media_url(_key())
    swapped = url[:-9] + ("A" if url[-9] != "A" else "B") + url[-8:]
    assert (await client.get(swapped)).status_code == 403
    assert (await client.get("/media/nonsense")).status_code == 403
    assert (
        await client.get("/media/" + sign_token("download", {"k": _key()}, now))
    ).status_code == 403
    # Only web-sized pictures, even when signed.
    original = sign_token(PURPOSE, {"k": f"users/{new_id()}/original/{new_id()}"}, now)
    assert (await client.get(f"/media/{original}")).status_code == 403


def test_the_cache_stays_within_its_bytes() -> None:
    small = PictureCache(10)
    small.put("a", b"12345")
    small.put("b", b"12345")
    assert small.get("a") == b"12345"
    small.put("c", b"12345")
    assert small.get("b") is None
    assert small.get("a") is not None
    small.put("huge", b"x" * 11)
    assert small.used == 0
