"""Changing codes. A page that hands one out tells its visitors, and keeps what they may have relied on in its change log."""

from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.pages import own_codes
from app.stock.codes import writing
from app.stock.codes.queries import CodeRow
from app.stock.codes.writing import Owner, Terms


async def make(code_id: UUID, terms: Terms, viewer: Viewer, now: datetime) -> None:
    """Make a code. Raises FieldError beside `code`, NotFound when the id is somebody else's."""
    owner = Owner(viewer.organization_id, viewer.group_id, viewer.user_id)
    await writing.create_code(code_id, owner, terms, now)


async def change(row: CodeRow, terms: Terms, viewer: Viewer, now: datetime) -> None:
    """Give a code other terms. Raises FieldError beside `code` or `maximum_uses`."""
    async with db.transaction():
        await writing.change_code(row.code.id, terms, viewer.user_id, now)
        await own_codes.tell_changed(row, viewer.user_id, now)


async def switch(row: CodeRow, active: bool, viewer: Viewer, now: datetime) -> None:
    """Switch a code on or off; doing it twice changes nothing. Raises FieldError when another of its name is live."""
    if row.code.active is active:
        return
    async with db.transaction():
        await writing.switch(row.code.id, active, viewer.user_id, now)
        await own_codes.tell_changed(row, viewer.user_id, now)


async def delete(row: CodeRow) -> None:
    """Delete a code that nobody ever used. Raises Conflict for any other, and for one that a page hands out."""
    try:
        deleted = await writing.delete_unused_code(row.code.id)
    except db.REFERRED_TO:
        deleted = False
    if not deleted:
        raise Conflict(
            _("It was used, or a page hands it out, so it stays. Switch it off instead.")
        )
