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
from app.notifications.rendering import render_message, render_sms
from app.notifications.unsubscribing import unsubscribe_url

DELIVER = "notifications.deliver"
# A text message has no subject; lists show its beginning.
SMS_SUBJECT = 80


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
    topic_id: UUID | None = None,
    list_id: UUID | None = None,
    fleeting: bool = False,
) -> UUID | None:
    """Queue the message `name` (a folder of `templates/emails`) to the address `to`.

    `key` says what makes this message one of a kind ("order-confirmed:<id>"): a second call with it does nothing and
    returns None. `subject_of` is the id of what the message is about, for `queries.messages_about`; `topic_id` of what
    that belongs to, a page say, for its history. With `list_id` the recipient can unsubscribe from that list. Whom a `fleeting`
    one was to is forgotten once it has left.
    """
    message_id = new_id()
    given = {**context, **_way_out(message_id, list_id)}
    rendered = render_message(name, given, locale)
    files = json.dumps([asdict(each) for each in attachments])
    what = (name, to, locale, rendered.subject, rendered.text, rendered.html, subject_of)
    return await _queue(message_id, key, "email", *what, topic_id, list_id, files, fleeting)


async def send_sms(
    to: str,
    name: str,
    context: Mapping[str, Any],
    *,
    locale: str = "en",
    key: str,
    subject_of: UUID | None = None,
    topic_id: UUID | None = None,
    list_id: UUID | None = None,
) -> UUID | None:
    """Queue the text message `templates/emails/<name>/sms.txt` to a number ("+49170…"); otherwise as `send_email`."""
    message_id = new_id()
    text = render_sms(name, {**context, **_way_out(message_id, list_id)}, locale)
    what = (name, to, locale, text[:SMS_SUBJECT], text, "", subject_of)
    return await _queue(message_id, key, "sms", *what, topic_id, list_id, "[]", False)


def _way_out(message_id: UUID, list_id: UUID | None) -> dict[str, str]:
    return {"unsubscribe_url": unsubscribe_url(message_id, utc_now()) if list_id else ""}


async def _queue(message_id: UUID, key: str, channel: str, *values: object) -> UUID | None:
    async with transaction():
        row = await fetch_one(
            "INSERT INTO message (id, key, channel, name, recipient, locale, subject, text, html, subject_of, "
            "topic_id, list_id, attachments, fleeting, state, attempts, reason, created_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, 'queued', 0, '', $15) "
            "ON CONFLICT (key) DO NOTHING RETURNING id",
            message_id, key, channel, *values, utc_now(),
        )  # fmt: skip
        if row is None:
            return None
        await enqueue(DELIVER, {"message_id": row["id"]})
    return row["id"]
