"""Asking a logged-in person for their password again, before something that a thief of their session must not do."""

from datetime import datetime

from app.auth.passwords import verify_password
from app.auth.security_log import note
from app.auth.viewer import Viewer
from app.core.db import fetch_value
from app.core.forms import FieldError
from app.core.i18n import gettext as _


async def prove_password(
    viewer: Viewer, typed: str, now: datetime, *, field: str, ip: str | None = None
) -> str:
    """Return the stored hash when `typed` is the viewer's password; else note it and raise FieldError at `field`."""
    stored = await fetch_value('SELECT password_hash FROM "user" WHERE id = $1', viewer.user_id)
    if not await verify_password(stored, typed):
        await note("password-refused", now, user_id=viewer.user_id, ip=ip)
        raise FieldError(field, _("That is not your present password."))
    return stored
