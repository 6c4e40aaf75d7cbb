"""Pictures for visitors: web-sized previews only, streamed through the application from the private bucket.

Streaming beats a redirect to a presigned URL here: no second host to look up and connect to on a first visit,
`img-src 'self'` stays enough, and the address never changes, so browsers and caches in front keep a picture for ever
(a presigned URL is new each time). The pictures are small (WebP, at most 1200 pixels wide) and a process keeps the
latest ones in memory.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.core.errors import BadSignature, NotFound
from app.core.signing import read_token, sign_token
from app.storage.contract import ObjectStore
from app.storage.objects import get_store

PURPOSE = "media"
CACHE_BYTES = 16 * 1024 * 1024
LARGEST_PICTURE = 4 * 1024 * 1024
MEDIA_TYPE = "image/webp"
# Signed as of a fixed moment: the same picture always has the same address.
SIGNED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def media_url(key: str) -> str:
    """Return the lasting public address of a preview picture made by this application."""
    return f"/media/{sign_token(PURPOSE, {'k': key}, SIGNED_AT)}"


def key_of(token: str, now: datetime) -> str:
    """Return the object key that `token` names. Raises BadSignature."""
    key = read_token(PURPOSE, token, now).get("k")
    if not isinstance(key, str) or not key.endswith(".webp"):
        raise BadSignature
    return key


def etag_of(key: str) -> str:
    """Return the entity tag of a picture: its key names its bytes, since no key is ever written twice."""
    return f'"{hashlib.sha256(key.encode()).hexdigest()[:20]}"'


@dataclass
class PictureCache:
    """The latest pictures, up to `limit` bytes."""

    limit: int
    used: int = 0
    kept: OrderedDict[str, bytes] = field(default_factory=OrderedDict[str, bytes])

    def get(self, key: str) -> bytes | None:
        if (data := self.kept.get(key)) is not None:
            self.kept.move_to_end(key)
        return data

    def put(self, key: str, data: bytes) -> None:
        self.drop(key)
        self.kept[key] = data
        self.used += len(data)
        while self.used > self.limit:
            _, dropped = self.kept.popitem(last=False)
            self.used -= len(dropped)

    def drop(self, key: str) -> None:
        if (data := self.kept.pop(key, None)) is not None:
            self.used -= len(data)


cache = PictureCache(CACHE_BYTES)


async def load_picture(key: str, store: ObjectStore | None = None) -> bytes:
    """Return a picture's bytes. Raises NotFound when it was removed, StoreUnavailable."""
    if (data := cache.get(key)) is not None:
        return data
    data = await (store or get_store()).read(key, LARGEST_PICTURE)
    if not data:
        raise NotFound
    cache.put(key, data)
    return data
