"""Duplicate a page in any state: a new draft with everything but times that are past."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.pages.copying import copy_page
from app.pages.loading import PageRecord
from app.pages.terms import PageSettings

LONGEST_TITLE = 120


async def duplicate(page: PageRecord, new_page_id: UUID, viewer: Viewer, now: datetime) -> UUID:
    """Copy a page to the draft `new_page_id`; doing it again with the same id changes nothing.

    Share links, figures and the word of a discount code stay with the original. Raises NotFound when the id is
    somebody else's.
    """
    ahead = [
        at if at and at > now else None for at in (page.times.launch_at, page.times.expires_at)
    ]
    async with db.transaction():
        settings = _settings(page, now)
        if await copy_page(page, new_page_id, viewer.user_id, settings, now, ahead[1]):
            title = _("%(title)s (copy)", title=page.title)
            await db.execute(
                "UPDATE page SET title = $2, launch_at = $3 WHERE id = $1",
                *(new_page_id, title[:LONGEST_TITLE] if page.title else "", ahead[0]),
            )
    if not await db.fetch_one(
        "SELECT 1 FROM page WHERE id = $1 AND group_id = $2", new_page_id, viewer.group_id
    ):
        raise NotFound
    return new_page_id


def _settings(page: PageRecord, now: datetime) -> PageSettings:
    """Return the type's settings, without its times when one is past, and without a code: that is the original's."""
    ahead = replace(page.times, launch_at=None, expires_at=None)
    past = any(moment.at <= now for moment in page.page_type.moments(page.settings, ahead))
    settings = page.page_type.again(page.settings) if past else page.settings
    if "code" in type(settings).model_fields:
        settings = settings.model_copy(update={"code": ""})
    return settings
