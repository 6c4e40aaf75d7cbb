"""Uploads as rows: what is on its way, for whom, and how far."""

from dataclasses import dataclass, fields
from uuid import UUID

from app.core.db import Record, fetch, fetch_one
from app.core.errors import NotFound
from app.storage.sizes import size_text


@dataclass(frozen=True)
class Owner:
    """Whom an upload is for: the row `subject_id`, of the owner's `kind`, by a user of a group of an organization."""

    subject_id: UUID
    kind: str
    user_id: UUID
    group_id: UUID
    organization_id: UUID


@dataclass(frozen=True)
class Upload:
    """An upload as stored; `reason` (size, checksum, lost, …) says why it failed."""

    id: UUID
    subject_id: UUID
    kind: str
    user_id: UUID
    group_id: UUID
    organization_id: UUID | None
    object_key: str
    name: str
    content_type: str
    size: int
    sha256: str | None
    multipart_id: str
    part_size: int
    state: str
    reason: str | None

    @property
    def size_text(self) -> str:
        return size_text(self.size)


def as_upload(row: Record) -> Upload:
    """Return a row as an Upload."""
    return Upload(**{field.name: row[field.name] for field in fields(Upload)})


async def find_upload(upload_id: UUID, subject_id: UUID) -> Upload:
    """Return an upload of `subject_id`. Raises NotFound."""
    row = await fetch_one(
        "SELECT * FROM upload WHERE id = $1 AND subject_id = $2", upload_id, subject_id
    )
    if row is None:
        raise NotFound
    return as_upload(row)


async def unsettled_uploads(subject_id: UUID) -> list[Upload]:
    """Return the uploads of `subject_id` that are being checked or failed to verify, oldest first."""
    rows = await fetch(
        "SELECT * FROM upload WHERE subject_id = $1 AND state IN ('checking', 'failed') ORDER BY id",
        subject_id,
    )
    return [as_upload(row) for row in rows]


async def load_upload(upload_id: UUID) -> Upload | None:
    """Return an upload whatever it is for, or None; for jobs."""
    row = await fetch_one("SELECT * FROM upload WHERE id = $1", upload_id)
    return as_upload(row) if row else None
