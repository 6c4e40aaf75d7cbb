"""The texts that people agree to, kept as they were worded: another wording of a page's, or another language, is another
version."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.ids import new_id


@dataclass(frozen=True)
class ConsentText:
    """One version of what a page asks its registrants to agree to, counted from 1; `since` somebody agreed first."""

    version: int
    language: str
    text: str
    since: datetime


async def kept_version(page_id: UUID, text: str, language: str, now: datetime) -> UUID:
    """Return the id of this wording; it is kept, in the current transaction, when nobody has agreed to it before."""
    known = await _known(page_id, text, language)
    if known is not None:
        return known
    digest = hashlib.blake2b(b"consent/" + page_id.bytes, digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    await db.execute("SELECT pg_advisory_xact_lock($1)", key)
    known = await _known(page_id, text, language)
    if known is not None:
        return known
    return await db.fetch_value(
        """INSERT INTO consent_text (id, page_id, version, language, text, since)
           SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 FROM consent_text WHERE page_id = $2
           RETURNING id""",
        *(new_id(), page_id, language, text, now),
    )


async def _known(page_id: UUID, text: str, language: str) -> UUID | None:
    return await db.fetch_value(
        """SELECT id FROM consent_text WHERE page_id = $1 AND language = $2 AND md5(text) = md5($3)
           AND text = $3""",
        *(page_id, language, text),
    )


async def consent_of(consent_id: UUID | None) -> ConsentText | None:
    """Return what was agreed to; None when nothing was, or nobody wrote it down."""
    if consent_id is None:
        return None
    row = await db.fetch_one(
        "SELECT version, language, text, since FROM consent_text WHERE id = $1", consent_id
    )
    return ConsentText(**dict(row)) if row else None
