"""What people change about their own account: name and password."""

from datetime import datetime
from uuid import UUID

from app.auth import emails
from app.auth.passwords import hash_password, verify_password
from app.auth.security_log import note
from app.auth.sessions import end_sessions
from app.auth.viewer import Viewer
from app.core.db import execute, fetch_value, transaction
from app.core.errors import Conflict
from app.core.forms import FieldError
from app.core.i18n import gettext as _


async def rename(user_id: UUID, name: str, now: datetime) -> None:
    await execute('UPDATE "user" SET name = $2, updated_at = $3 WHERE id = $1', user_id, name, now)


async def change_password(
    viewer: Viewer, current: str, password: str, now: datetime, ip: str | None = None
) -> int:
    """Set a new password and end the other sessions; return how many those were.

    Raises FieldError at `current` when that is wrong, Conflict when the password was changed at the same moment.
    """
    stored = await fetch_value('SELECT password_hash FROM "user" WHERE id = $1', viewer.user_id)
    if not await verify_password(stored, current):
        await note("password-refused", now, user_id=viewer.user_id, ip=ip)
        raise FieldError("current", _("That is not your present password."))
    password_hash = await hash_password(password)
    async with transaction():
        changed = await execute(
            'UPDATE "user" SET password_hash = $3, updated_at = $4 WHERE id = $1 AND password_hash = $2',
            viewer.user_id, stored, password_hash, now,
        )  # fmt: skip
        if not changed:
            raise Conflict
        ended = await end_sessions(viewer.user_id, now, keep=viewer.session_id, cause="password")
        await note("password-changed", now, user_id=viewer.user_id, ip=ip)
        await emails.password_changed(viewer.user_id, viewer.email, viewer.name, now)
    return ended
