"""One message to many: rendered once a language, with what differs put in for each, stored and queued in one statement."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from markupsafe import escape

from app.core import db, jobs
from app.core.ids import new_id
from app.notifications.rendering import Rendered, render_message, render_sms
from app.notifications.sending import DELIVER, SMS_SUBJECT, Attachment
from app.notifications.unsubscribing import canonical, unsubscribe_url

WAY_OUT = "unsubscribe_url"


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to. `parts` are the texts of their own, by the names that the template knows them by."""

    address: str
    key: str
    subject_of: UUID
    parts: Mapping[str, str]
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Batch:
    """A message `name` and what it is about; `parts` names what each recipient has of their own."""

    name: str
    context: Mapping[str, Any]
    parts: Sequence[str]
    locale: str
    channel: str
    topic_id: UUID
    list_id: UUID | None
    _marks: dict[str, str] = field(default_factory=dict[str, str])

    def render(self) -> Rendered:
        """Render the message with a mark in place of each part."""
        for part in (*self.parts, WAY_OUT) if self.list_id else self.parts:
            self._marks[part] = f"part-{secrets.token_hex(8)}"
        given = {**self.context, **self._marks}
        if self.channel == "email":
            return render_message(self.name, given, self.locale)
        text = render_sms(self.name, given, self.locale)
        return Rendered(text[:SMS_SUBJECT].partition("part-")[0], text, "")

    def fill(self, rendered: Rendered, parts: Mapping[str, str]) -> tuple[str, str]:
        """Return text and HTML with `parts` in place of their marks."""
        text, html = rendered.text, rendered.html
        for part, mark in self._marks.items():
            text = text.replace(mark, parts[part])
            html = html.replace(mark, str(escape(parts[part])))
        return text, html


async def queue_batch(
    batch: Batch, recipients: Sequence[Recipient], now: datetime, *, first_at: datetime, rate: int
) -> tuple[int, datetime]:
    """Queue a message to each recipient in the current transaction, the first to leave at `first_at`, `rate` a second.

    Nobody gets it twice by the same key, nobody who unsubscribed gets it. Return how many were queued, and when the
    next one after them may leave.
    """
    wanted = await _without_unsubscribed(batch.list_id, recipients)
    rows = list(_rows(batch, wanted, now))
    stored = await db.fetch(
        """INSERT INTO message (id, key, channel, name, recipient, locale, subject, text, html, subject_of, topic_id,
             list_id, state, attempts, reason, created_at, attachments)
           SELECT u.id, u.key, $1, $2, u.recipient, $3, $4, u.text, u.html, u.subject_of, $5, $6, 'queued', 0, '', $7,
             u.attachments::jsonb
           FROM unnest($8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::text[])
             AS u (id, key, recipient, text, html, subject_of, attachments)
           ON CONFLICT (key) DO NOTHING RETURNING id""",
        *(batch.channel, batch.name, batch.locale, rows[0][0] if rows else ""),
        *(batch.topic_id, batch.list_id, now),
        *([row[column] for row in rows] for column in range(1, 8)),
    )
    pace = timedelta(seconds=1 / rate)
    due = [({"message_id": row["id"]}, first_at + index * pace) for index, row in enumerate(stored)]
    await jobs.enqueue_many(DELIVER, due)
    return len(stored), first_at + len(stored) * pace


def _rows(
    batch: Batch, recipients: Sequence[Recipient], now: datetime
) -> Iterator[tuple[Any, ...]]:
    if not recipients:
        return
    rendered = batch.render()
    for one in recipients:
        message_id = new_id()
        parts = {**one.parts, WAY_OUT: unsubscribe_url(message_id, now)}
        text, html = batch.fill(rendered, parts)
        files = json.dumps([asdict(each) for each in one.attachments])
        yield (
            *(rendered.subject, message_id, one.key, one.address),
            *(text, html, one.subject_of, files),
        )


async def _without_unsubscribed(
    list_id: UUID | None, recipients: Sequence[Recipient]
) -> Sequence[Recipient]:
    rows = await db.fetch(
        "SELECT recipient FROM unsubscription WHERE list_id = $1 AND recipient = ANY($2::text[])",
        *(list_id, [canonical(one.address) for one in recipients]),
    )
    gone = {row["recipient"] for row in rows}
    return [one for one in recipients if canonical(one.address) not in gone]
