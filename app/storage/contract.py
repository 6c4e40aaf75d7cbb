"""What Mayfly asks of an object store. `app.storage.objects` holds the one implementation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from app.core.errors import NotFound, UpstreamFailed
from app.core.i18n import gettext as _


class StoreUnavailable(UpstreamFailed):
    """The object store did not answer, or answered nonsense (502). Trying again may help."""

    def default_message(self) -> str:
        return _("The file storage did not answer. Nothing was lost; please try again.")


class ObjectMissing(NotFound):
    """There is no object under this key, or no unfinished upload of this id."""


class PartsRefused(Exception):
    """The store won't join the parts: one is missing, too small, or changed meanwhile."""


@dataclass(frozen=True)
class StoredPart:
    """One part that arrived: its number from 1, its entity tag without quotes, its size in bytes."""

    number: int
    etag: str
    size: int


@dataclass(frozen=True)
class Digest:
    """What an object's bytes are: how many, and their SHA-256 in hex."""

    size: int
    sha256: str


class ObjectStore(Protocol):
    """A private bucket. Presigning is local and instant; everything else asks the server, in a thread.

    All but the presigning raise StoreUnavailable. Never call them inside a database transaction.
    """

    def presign_part(self, key: str, multipart_id: str, number: int, expires: timedelta) -> str:
        """Return the URL to which a browser PUTs part `number` (from 1)."""
        ...

    def presign_get(
        self, key: str, filename: str, expires: timedelta, content_type: str = ""
    ) -> str:
        """Return the URL from which a browser downloads the object, as an attachment named `filename`."""
        ...

    async def create_multipart(self, key: str, content_type: str) -> str:
        """Begin an upload in parts and return its id."""
        ...

    async def list_parts(self, key: str, multipart_id: str) -> list[StoredPart]:
        """Return the parts that arrived, by number. Raises ObjectMissing when the upload is not (any more) open."""
        ...

    async def complete_multipart(
        self, key: str, multipart_id: str, parts: Sequence[StoredPart]
    ) -> None:
        """Join the parts to an object. Raises ObjectMissing, PartsRefused."""
        ...

    async def abort_multipart(self, key: str, multipart_id: str) -> None:
        """Drop the parts. Does nothing when the upload is not open."""
        ...

    async def stat(self, key: str) -> int:
        """Return the object's size in bytes. Raises ObjectMissing."""
        ...

    async def digest(self, key: str) -> Digest:
        """Read the whole object, a piece at a time, and return what it is. Raises ObjectMissing."""
        ...

    async def read(self, key: str, limit: int) -> bytes:
        """Return the object's first `limit` bytes. Raises ObjectMissing."""
        ...

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store `data` under `key`, over what was there."""
        ...

    async def put_file(self, key: str, path: Path, content_type: str) -> None:
        """Store a file of any size under `key`, a part at a time, over what was there."""
        ...

    async def keys_under(self, folder: str) -> list[str]:
        """Return the keys that begin with `folder`, in order."""
        ...

    async def remove(self, key: str) -> None:
        """Remove the object. Does nothing when there is none."""
        ...
