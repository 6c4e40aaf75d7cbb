"""The way without scripts: what was typed waits until a link in a message confirms it, then it is registered like any other."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Gone
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.pages.arriving import read_query
from app.pages.collecting import Collection, collection_of
from app.registrations.emails import send_confirm
from app.registrations.forms import check_registration, sign_up_of
from app.registrations.links import CONFIRM_WITHIN
from app.registrations.registering import Outcome, register

# Nobody is sent more confirmations for a page than this while they are valid; a text message costs somebody something.
MOST_WAITING, MOST_TEXTS = 3, 1


async def keep_until_confirmed(
    collection: Collection, typed: Mapping[str, str], to: str, now: datetime
) -> None:
    """Keep a valid form and send `to`, an address or a number, the link that registers it. One who asks again and again
    gets no more messages.
    """
    async with db.transaction():
        waiting = await db.fetch_value(
            """SELECT count(*) FROM pending_registration WHERE page_id = $1 AND lower(typed ->> 'email') = lower($2)
               AND expires_at > $3""",
            collection.page_id,
            to,
            now,
        )
        if waiting >= (MOST_WAITING if "@" in to else MOST_TEXTS):
            return
        pending_id = new_id()
        await db.execute(
            """INSERT INTO pending_registration (id, page_id, typed, language, created_at, expires_at)
               VALUES ($1, $2, $3::jsonb, $4, $5, $6)""",
            pending_id,
            collection.page_id,
            # The version before asks for a source of its own.
            json.dumps({"typed": dict(typed), "email": to, "source": ""}),
            collection.language,
            now,
            now + CONFIRM_WITHIN,
        )
        await send_confirm(collection, pending_id, to, now)


async def pending_page(pending_id: UUID, now: datetime) -> Collection:
    """Return the page that something waits for. Raises Gone when it was confirmed already, or never was."""
    page_id = await db.fetch_value(
        "SELECT page_id FROM pending_registration WHERE id = $1", pending_id
    )
    if page_id is None:
        raise Gone(_("This was confirmed already. Your registration is in your mail."))
    return await collection_of(page_id, now)


async def confirm(pending_id: UUID, now: datetime) -> Outcome:
    """Register what waited. Raises Gone as `pending_page`, Conflict and OutOfStock as `register`: then it still waits."""
    collection = await pending_page(pending_id, now)
    async with db.transaction():
        stored = await db.fetch_value(
            "DELETE FROM pending_registration WHERE id = $1 RETURNING typed", pending_id
        )
        if stored is None:
            raise Gone(_("This was confirmed already. Your registration is in your mail."))
        typed = json.loads(stored)["typed"]
        read = check_registration(typed, collection.asks)
        if not read.form.ok:
            raise Gone(_("The form has changed since. Please register again."))
        if source := read_query(collection.short_id, typed.get("link", ""), now):
            collection = await collection_of(collection.page_id, now, source)
        return await register(collection, sign_up_of(read, collection), now)


async def forget_unconfirmed(now: datetime) -> None:
    """Forget what nobody confirmed in time."""
    await db.execute("DELETE FROM pending_registration WHERE expires_at <= $1", now)
