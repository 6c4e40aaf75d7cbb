"""What people change about their own account: name, time zone and password."""

from datetime import datetime
from uuid import UUID

from app.auth import emails
from app.auth.addresses.changes import cancel_open
from app.auth.passwords import check_new_password, hash_password
from app.auth.proving import prove_password
from app.auth.security_log import note
from app.auth.sessions import end_sessions
from app.auth.viewer import Viewer
from app.core.db import execute, transaction
from app.core.errors import Conflict


async def change_profile(user_id: UUID, name: str, zone: str, now: datetime) -> None:
    """Store a name and a time zone ("" for none), both validated before."""
    await execute(
        'UPDATE "user" SET name = $2, zone = $3, updated_at = $4 WHERE id = $1',
        *(user_id, name, zone, now),
    )


async def change_password(
    viewer: Viewer, current: str, password: str, now: datetime, ip: str | None = None
) -> int:
    """Set a new password, end the other sessions and give up a waiting change of address; return how many ended.

    Raises FieldError at `current` when that is wrong and at `password` when the new one is easy to guess, Conflict
    when the password was changed at the same moment.
    """
    stored = await prove_password(viewer, current, now, field="current", ip=ip)
    check_new_password(password, email=viewer.email)
    password_hash = await hash_password(password)
    async with transaction():
        changed = await execute(
            'UPDATE "user" SET password_hash = $3, updated_at = $4 WHERE id = $1 AND password_hash = $2',
            viewer.user_id, stored, password_hash, now,
        )  # fmt: skip
        if not changed:
            raise Conflict
        await cancel_open(viewer.user_id, now)
        ended = await end_sessions(
            viewer.user_id, now, keep=viewer.session_id, cause="password", ip=ip
        )
        await note("password-changed", now, user_id=viewer.user_id, ip=ip)
        await emails.password_changed(viewer.user_id, viewer.email, now)
    return ended
