"""Two-factor by an authenticator app: begun with the password, on once its first code was right."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth import recovery_codes, security_emails, totp
from app.auth.accounts import Account
from app.auth.proving import prove_password
from app.auth.security_log import note
from app.auth.viewer import Viewer
from app.core.db import execute, fetch, fetch_one, fetch_value, transaction
from app.core.errors import Conflict
from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.sealing import is_fresh, seal, unseal

PURPOSE = "two-factor"
APP, RECOVERY = "app", "recovery"


@dataclass(frozen=True)
class Standing:
    """How it stands with one account: `since` is None while it is off."""

    since: datetime | None
    codes_left: int

    @property
    def on(self) -> bool:
        return self.since is not None


async def standing(user_id: UUID) -> Standing:
    since = await fetch_value("SELECT confirmed_at FROM two_factor WHERE user_id = $1", user_id)
    return Standing(since, await recovery_codes.codes_left(user_id) if since else 0)


async def is_on(user_id: UUID) -> bool:
    """Whether this account's login takes a second step."""
    return await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM two_factor WHERE user_id = $1 AND confirmed_at IS NOT NULL)",
        user_id,
    )


async def was_turned_on_since(user_id: UUID, moment: datetime) -> bool:
    return await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM two_factor WHERE user_id = $1 AND confirmed_at >= $2)",
        *(user_id, moment),
    )


async def begin(viewer: Viewer, password: str, now: datetime, ip: str | None = None) -> None:
    """Make a new key, which counts for nothing yet. Raises FieldError at `password`, Conflict when it is on already."""
    await prove_password(viewer, password, now, field="password", ip=ip)
    begun = await execute(
        """INSERT INTO two_factor (id, user_id, secret, created_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (user_id) DO UPDATE SET secret = $3, created_at = $4, last_step = 0
           WHERE two_factor.confirmed_at IS NULL""",
        *(new_id(), viewer.user_id, seal(PURPOSE, totp.new_secret()), now),
    )
    if not begun:
        raise Conflict(_("Two-factor is on already."))


async def begun_secret(user_id: UUID) -> str | None:
    """Return the key that waits for its first code; None when none does, or when no present key of ours opens it."""
    sealed = await fetch_value(
        "SELECT secret FROM two_factor WHERE user_id = $1 AND confirmed_at IS NULL", user_id
    )
    return unseal(PURPOSE, sealed) if sealed else None


async def turn_on(viewer: Viewer, code: str, now: datetime, ip: str | None = None) -> list[str]:
    """Turn it on by the first code; return the recovery codes, to be shown this once.

    Raises FieldError at `code`, Conflict when nothing was begun, or it was turned on at the same moment.
    """
    secret = await begun_secret(viewer.user_id)
    if secret is None:
        raise Conflict(_("Please begin again."))
    step = totp.matching_step(secret, code, now)
    if step is None:
        raise FieldError("code", wrong_code())
    async with transaction():
        turned = await execute(
            "UPDATE two_factor SET confirmed_at = $2, last_step = $3 WHERE user_id = $1 AND confirmed_at IS NULL",
            *(viewer.user_id, now, step),
        )
        if not turned:
            raise Conflict(_("Two-factor is on already."))
        codes = await recovery_codes.make_codes(viewer.user_id, now)
        await note("two-factor-on", now, user_id=viewer.user_id, ip=ip)
        await security_emails.two_factor_on(viewer.user_id, viewer.email, now)
    return codes


def wrong_code() -> str:
    return _("That code isn't right, or it was used already. Please take the one shown now.")


async def take_code(user_id: UUID, code: str, now: datetime) -> str | None:
    """Use up a code of the app or a recovery code; return which of them it was, None for neither.

    A code of the app counts once, and none that is older than the last one.
    """
    row = await fetch_one(
        "SELECT secret FROM two_factor WHERE user_id = $1 AND confirmed_at IS NOT NULL", user_id
    )
    if row is None:
        return None
    secret = unseal(PURPOSE, row["secret"])
    step = totp.matching_step(secret, code, now) if secret else None
    if step is not None:
        newer = "UPDATE two_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2"
        return APP if await execute(newer, user_id, step) else None
    return RECOVERY if await recovery_codes.use_code(user_id, code, now) else None


async def _prove_both(
    viewer: Viewer,
    password: str,
    code: str,
    now: datetime,
    ip: str | None,
    field: str = "password",
) -> None:
    await prove_password(viewer, password, now, field=field, ip=ip)
    if await take_code(viewer.user_id, code, now) is None:
        await note("code-refused", now, user_id=viewer.user_id, ip=ip)
        raise FieldError("code", wrong_code())


async def prove(
    viewer: Viewer,
    password: str,
    code: str,
    now: datetime,
    ip: str | None = None,
    *,
    field: str = "password",
) -> None:
    """Prove that it is the viewer: by the password, and by a code where two-factor is on. Raises FieldError at `field` for
    the password, at `code` for the code."""
    if await is_on(viewer.user_id):
        if not code:
            raise FieldError("code", _("Please fill this in."))
        await _prove_both(viewer, password, code, now, ip, field)
    else:
        await prove_password(viewer, password, now, field=field, ip=ip)


async def turn_off(
    viewer: Viewer, password: str, code: str, now: datetime, ip: str | None = None
) -> None:
    """Turn it off; its key and its recovery codes are gone. Raises FieldError at `password` or `code`."""
    await _prove_both(viewer, password, code, now, ip)
    async with transaction():
        await remove(viewer.user_id)
        await note("two-factor-off", now, user_id=viewer.user_id, ip=ip)
        await security_emails.two_factor_off(viewer.user_id, viewer.email, now)


async def remove(user_id: UUID) -> bool:
    """Drop the key and the recovery codes in the current transaction. False when there was no key."""
    await recovery_codes.drop_codes(user_id)
    return bool(await execute("DELETE FROM two_factor WHERE user_id = $1", user_id))


async def remove_for(account: Account, now: datetime) -> bool:
    """Remove somebody's two-factor for them, and tell them. False when it was not on."""
    async with transaction():
        removed = await is_on(account.user_id) and await remove(account.user_id)
        if removed:
            await note("two-factor-removed", now, user_id=account.user_id)
            await security_emails.two_factor_off(account.user_id, account.email, now)
    return removed


async def renew_codes(
    viewer: Viewer, password: str, code: str, now: datetime, ip: str | None = None
) -> list[str]:
    """Replace the recovery codes; return the new ones, to be shown this once. Raises as `turn_off`."""
    await _prove_both(viewer, password, code, now, ip)
    async with transaction():
        codes = await recovery_codes.make_codes(viewer.user_id, now)
        await note("recovery-codes-made", now, user_id=viewer.user_id, ip=ip)
        await security_emails.recovery_codes_made(viewer.user_id, viewer.email, now)
    return codes


async def seal_anew() -> int:
    """Seal every key with the first of our keys, so that an older one can be dropped; return how many were."""
    changed = 0
    for row in await fetch("SELECT id, secret FROM two_factor"):
        if is_fresh(PURPOSE, row["secret"]):
            continue
        secret = unseal(PURPOSE, row["secret"])
        if secret is not None:
            changed += await execute(
                "UPDATE two_factor SET secret = $3 WHERE id = $1 AND secret = $2",
                *(row["id"], row["secret"], seal(PURPOSE, secret)),
            )
    return changed
