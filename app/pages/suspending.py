"""Taking a page from the public, and giving it back: the operator's hand, beside everything its creator can do.

Visitors find nothing of it, it sells and collects nothing new, and nothing goes to everyone who registered. What was promised
before stands: open checkouts and offers of a waitlist keep their hold and can be taken, what was paid for is delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.pages import emails, loading, recording
from app.pages.loading import PageRecord


class Unavailable(NotFound):
    """The page is there, and suspended (404)."""

    def default_message(self) -> str:
        return _("This page can't be shown at the moment.")


@dataclass(frozen=True)
class SuspendedPage:
    """A suspended page in a list."""

    id: UUID
    title: str
    organization: str
    reason: str
    at: datetime


def ensure_available(page: PageRecord) -> None:
    """Raise Unavailable for a suspended page."""
    if page.suspended:
        raise Unavailable


async def is_suspended(page_id: UUID) -> bool:
    return await db.fetch_value(
        "SELECT EXISTS (SELECT 1 FROM page WHERE id = $1 AND suspended_at IS NOT NULL)", page_id
    )


async def suspend(page_id: UUID, reason: str, now: datetime) -> PageRecord:
    """Take a page from the public at once, in every open browser, and tell its owners why.

    Raises NotFound, Conflict when it is suspended already.
    """
    async with db.transaction():
        page = await loading.by_id(page_id)
        changed = await db.execute(
            """UPDATE page SET suspended_at = $2, suspended_reason = $3, updated_at = $2
               WHERE id = $1 AND suspended_at IS NULL""",
            *(page_id, now, reason),
        )
        if not changed:
            raise Conflict(_("This page is suspended already."))
        await recording.touch(page_id)
        await emails.suspended(page, reason, now)
    return page


async def lift(page_id: UUID, now: datetime) -> PageRecord:
    """Give a page back to the public as its times say. Raises NotFound, Conflict when it is not suspended."""
    async with db.transaction():
        page = await loading.by_id(page_id)
        changed = await db.execute(
            """UPDATE page SET suspended_at = NULL, suspended_reason = '', updated_at = $2
               WHERE id = $1 AND suspended_at IS NOT NULL""",
            *(page_id, now),
        )
        if not changed:
            raise Conflict(_("This page is not suspended."))
        await recording.touch(page_id)
        await emails.lifted(page, now)
    return page


async def suspended_pages() -> Sequence[SuspendedPage]:
    """Return every suspended page, the latest first."""
    rows = await db.fetch(
        """SELECT p.id, p.title, o.name AS organization, p.suspended_reason AS reason, p.suspended_at AS at
           FROM page p JOIN organization o ON o.id = p.organization_id
           WHERE p.suspended_at IS NOT NULL ORDER BY p.suspended_at DESC, p.id DESC LIMIT 500"""
    )
    return [SuspendedPage(**dict(row)) for row in rows]
