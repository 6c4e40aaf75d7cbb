"""The page that is rehearsed: a copy of it, out at once and with all its stock, whenever the real one is to launch."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.auth.verifying import ensure_verified
from app.core import db
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.pages import lifecycle, loading
from app.pages.copying import copy_page
from app.pages.lifecycle import PageTimes, Refused, State, refusal
from app.pages.loading import PageRecord
from app.pages.publishing import publish, require_complete


async def ensure_rehearsable(page: PageRecord, user_id: UUID, now: datetime) -> None:
    """Raise what publishing the page now would raise (Refused, Invalid), and Refused when it has ended or is suspended."""
    if page.suspended:
        raise Refused(_("This page is suspended."))
    if page.state(now) is State.EXPIRED:
        raise Refused(refusal(State.EXPIRED))
    copy = replace(page, times=PageTimes(expires_at=page.times.expires_at))
    require_complete(copy, lifecycle.publish(copy.times, now))
    await ensure_verified(user_id)


async def open_copy(page: PageRecord, user_id: UUID, now: datetime) -> PageRecord:
    """Copy a page and bring the copy out, on the stage. Raises like `ensure_rehearsable`."""
    copy_id = new_id()
    async with db.transaction():
        await copy_page(page, copy_id, user_id, page.settings, now, page.times.expires_at)
        await publish(await loading.by_id(copy_id), user_id, now)
    return await loading.by_id(copy_id)
