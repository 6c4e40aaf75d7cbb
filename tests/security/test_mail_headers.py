"""No name, title or address adds a header, a recipient or a second mail to any mail, however it is broken into lines."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import meta

from app.core import db
from app.core.rendering import environment
from app.notifications.composing import compose
from app.notifications.rendering import subject_line
from app.notifications.sending import send_email
from app.notifications.smtp import MailFailed

EMAILS = Path(__file__).parent.parent.parent / "templates" / "emails"
MESSAGES = sorted(folder.parent.name for folder in EMAILS.glob("*/subject.txt"))
BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "\r\n\r\n",
    "\n\n",
)
THIEF = "thief@example.com"
# What our mails have, and nothing else.
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "MIME-Version", "Content-Type",
    "List-Unsubscribe", "List-Unsubscribe-Post",
}  # fmt: skip


def evil(text: str = "\r\n") -> str:
    return f"Ann{text}Bcc: {THIEF}{text}Content-Type: text/html{text}{text}<b>"


class Anything:
    """Stands for whatever a message is given: each attribute and item of it is itself, and as text it is evil."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __getattr__(self, name: str) -> "Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __iter__(self) -> Any:
        return iter([self, self])

    def __index__(self) -> int:
        return 2


def _row(**values: Any) -> Any:
    row = {
        "id": UUID(int=7), "recipient": "ann@example.com", "subject": "Hello", "text": "Hello\n", "html": "<p>Hello</p>",
        "locale": "en", "created_at": datetime(2026, 3, 1, tzinfo=UTC), "list_id": None, "attachments": "[]",
    }  # fmt: skip
    return cast(Any, {**row, **values})


def _held(email: EmailMessage) -> None:
    """Every line of the head is one of our headers, or goes on with one; nobody else is written to."""
    head = email.as_bytes().partition(b"\r\n\r\n")[0].decode()
    names = [
        line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))
    ]
    assert set(names) <= HEADERS, head
    assert len(names) == len(set(names)), head
    assert "\r" not in head.replace("\r\n", "")
    assert "\n" not in head.replace("\r\n", "")
    [to] = email["To"].addresses
    assert str(to) != THIEF


def test_every_message_is_tried() -> None:
    assert len(MESSAGES) > 40


@pytest.mark.parametrize("name", MESSAGES)
def test_a_subject_is_one_line_whatever_it_is_made_of(name: str) -> None:
    """Each template's own subject, with the evil text in every place that it fills in."""
    source = (EMAILS / name / "subject.txt").read_text()
    used = meta.find_undeclared_variables(environment.parse(source)) - set(environment.globals)
    for text in map(evil, BREAKS):
        context = {each: Anything(text) for each in used}
        subject = subject_line(name, context)
        assert "".join(subject.splitlines()) == subject
        filled = bool(used - {"last", "happening", "offered"})
        assert (THIEF in subject) is filled, subject
        _held(compose(_row(subject=subject)))


# Beyond what rendering lets through: nothing that is stored gets further than this either.
lines = st.lists(
    st.sampled_from(
        [*'aB: <>@,;"\\=?_é', *BREAKS, "\x00", "\ud800", "\u202e", f"\r\nBcc: {THIEF}\r\n"]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(subject=lines, recipient=lines)
def test_what_is_stored_adds_no_header(subject: str, recipient: str) -> None:
    for values in (
        {"subject": subject},
        {"recipient": f"ann@example.com{recipient}"},
        {"recipient": recipient},
    ):
        try:
            email = compose(_row(**values))
            email.as_bytes()
        except MailFailed:
            continue
        _held(email)


async def test_no_name_ends_a_mail_and_begins_another(
    app: Any, now: datetime, run_jobs: Any, inbox: Any
) -> None:
    """The body is what the server is told with commands around it: a name may look like the end of it."""
    smuggled = (
        f"MAIL FROM:<a@{inbox.sender}\r\nRCPT TO:<{THIEF}>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
    )
    endings = ("\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r")
    for number, ending in enumerate(endings):
        to = f"smuggled-{number}@example.com"
        context = {"name": f"Ann{ending}{smuggled}", "organization": "Org", "by": "Bo"}
        await send_email(to, "team-removed", context, key=f"smuggled:{number}")
    await run_jobs()
    for number in range(len(endings)):
        mails = await inbox(f"smuggled-{number}@example.com")
        assert len(mails) == 1
        assert re.search(r"RCPT TO:<thief@example\.com>", mails[0]["text"])
    assert not await inbox(THIEF)
    assert await db.fetch_value("SELECT count(*) FROM message WHERE state <> 'sent'") == 0
