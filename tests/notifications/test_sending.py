"""Messages are rendered, stored and queued with what causes them, once for each key."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from jinja2 import Template

from app.core import db
from app.core.db import transaction
from app.core.ids import new_id
from app.notifications.composing import compose
from app.notifications.queries import messages_about
from app.notifications.rendering import render_message
from app.notifications.sending import Attachment, send_email
from tests.conftest import Inbox
from tests.support.aliases import RunJobs

CONTEXT = {"name": "O'Hara & <Sons>", "organization": "Quiet Harbour", "by": "Bo"}


async def send(
    key: str, to: str = "ohara@example.com", subject_of: UUID | None = None
) -> UUID | None:
    return await send_email(to, "team-removed", CONTEXT, key=key, subject_of=subject_of)


async def test_a_message_arrives_in_three_parts(
    app: Any, run_jobs: RunJobs, inbox: Inbox, now: datetime
) -> None:
    about = new_id()
    assert await send("one", subject_of=about) is not None
    await run_jobs()
    [mail] = await inbox("ohara@example.com")
    assert mail["subject"] == "You are no longer in Quiet Harbour"
    assert "Hello O'Hara & <Sons>," in mail["text"]
    assert "O&#39;Hara &amp; &lt;Sons&gt;" in mail["html"]
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    [fate] = await messages_about(about)
    assert (fate.state, fate.attempts, fate.reason, fate.sent_at) == ("sent", 1, "", now)
    assert mail["headers"]["Message-ID"].startswith(f"<{fate.id}@")


async def test_the_bodies_are_forgotten_once_sent(app: Any, run_jobs: RunJobs) -> None:
    await send("two")
    assert "O'Hara" in await db.fetch_value("SELECT text FROM message")
    await run_jobs()
    row = await db.fetch_one("SELECT text, html FROM message")
    assert row is not None
    assert tuple(row) == ("", "")


async def test_the_same_key_is_queued_once(app: Any, run_jobs: RunJobs, inbox: Inbox) -> None:
    assert await send("three", "once@example.com") is not None
    assert await send("three", "once@example.com") is None
    results = await asyncio.gather(*(send("four", "once@example.com") for _ in range(5)))
    assert sum(result is not None for result in results) == 1
    assert await run_jobs() == 2
    assert len(await inbox("once@example.com")) == 2


async def test_a_message_is_undone_with_its_cause(app: Any, run_jobs: RunJobs) -> None:
    with pytest.raises(RuntimeError):
        async with transaction():
            await send("five")
            raise RuntimeError
    assert await db.fetch_value("SELECT count(*) FROM message") == 0
    assert await run_jobs() == 0


async def test_undefined_words_raise_before_anything_is_queued(app: Any) -> None:
    with pytest.raises(Exception, match="name"):
        await send_email(
            "a@example.com", "team-removed", {"organization": "x", "by": "y"}, key="six"
        )
    assert await db.fetch_value("SELECT count(*) FROM message") == 0


def _always(template: Template) -> Callable[[str], Template]:
    return lambda _name: template


def test_a_subject_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.notifications import rendering

    template = rendering.environment.from_string("Hello\r\nBcc: {{ name }}\n\n")
    monkeypatch.setattr(rendering.plain, "get_template", _always(template))
    assert (
        render_message("welcome", {"name": "x", "verify_url": ""}, "en").subject == "Hello Bcc: x"
    )


@pytest.mark.parametrize(
    "name", ["welcome", "verify-address", "reset-password", "password-changed", "account-exists"]
)
def test_every_message_has_its_parts(name: str, now: datetime) -> None:
    context = {
        "name": "Nora",
        "verify_url": "https://x.example/v",
        "reset_url": "https://x.example/r",
        "minutes": 60,
        "changed_at": now,
    }
    rendered = render_message(name, context, "en")
    assert rendered.subject
    assert "Nora" not in rendered.text
    assert "  " not in rendered.text.replace("-- ", "")
    assert "\n\n\n" not in rendered.text
    assert rendered.html.lstrip().startswith("<!DOCTYPE html>")
    assert "<script" not in rendered.html
    assert "Mayfly" in rendered.text


async def test_a_message_may_bring_a_file(app: Any, run_jobs: RunJobs) -> None:
    file = Attachment("event.ics", "text/calendar", "BEGIN:VCALENDAR\r\n", {"method": "PUBLISH"})
    id = await send_email(
        "ohara@example.com", "team-removed", CONTEXT, key="file", attachments=[file]
    )
    row = await db.fetch_one("SELECT * FROM message WHERE id = $1", id)
    assert row is not None
    [part] = compose(row).iter_attachments()
    assert part["Content-Type"].params == {"charset": "utf-8", "method": "PUBLISH"}
    assert part.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"
    await run_jobs()
    assert await db.fetch_value("SELECT attachments::text FROM message") == "[]"
