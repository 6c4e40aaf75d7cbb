"""Sending a message: rendered and stored in the transaction that causes it, delivered by a job."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.core.clock import utc_now
from app.core.db import fetch_one, transaction
from app.core.ids import new_id
from app.core.jobs import enqueue
from app.notifications.rendering import render_message

DELIVER = "notifications.deliver"


@dataclass(frozen=True)
class Attachment:
    """A file of text that comes with a message; `parameters` are those of its content type."""

    name: str
    content_type: str
    text: str
    parameters: Mapping[str, str]


async def send_email(
    to: str,
    name: str,
    context: Mapping[str, Any],
    *,
    locale: str = "en",
    key: str,
    subject_of: UUID | None = None,
    attachments: Sequence[Attachment] = (),
) -> UUID | None:
    """Queue the message `name` (a folder of `templates/emails`) to the address `to`.

    `key` says what makes this message one of a kind ("order-confirmed:<id>"): a second call with it does nothing and
    returns None. `subject_of` is the id of what the message is about, for `queries.messages_about`.
    """
    rendered = render_message(name, context, locale)
    async with transaction():
        row = await fetch_one(
            "INSERT INTO message (id, key, channel, name, recipient, locale, subject, text, html, subject_of, "
            "state, attempts, reason, created_at, attachments) "
            "VALUES ($1, $2, 'email', $3, $4, $5, $6, $7, $8, $9, 'queued', 0, '', $10, $11::jsonb) "
            "ON CONFLICT (key) DO NOTHING RETURNING id",
            new_id(), key, name, to, locale,
            rendered.subject, rendered.text, rendered.html, subject_of, utc_now(),
            json.dumps([asdict(each) for each in attachments]),
        )  # fmt: skip
        if row is None:
            return None
        await enqueue(DELIVER, {"message_id": row["id"]})
    return row["id"]
