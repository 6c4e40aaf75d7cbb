"""Returned mail in each of the forms that mail servers report it in, and what is none."""

from base64 import encodebytes
from quopri import encodestring
from typing import Any
from uuid import UUID

import pytest

from app.core import db
from app.core.ids import new_id
from app.notifications.bouncing import record_bounce
from app.notifications.sending import send_email

HEAD = """\
From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={report}; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

I am sorry.
"""
STATUS = """\
Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 1 Dec 2026 10:00:00 +0000

Original-Recipient: utf-8; kurt@bücher.example
Final-Recipient: rfc822; kurt@xn--bcher-kva.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such
 user
"""
RETURNED = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nMessage-ID: <{id}@mayfly.example>\nTo: kurt@xn--bcher-kva.example\n"
QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@example.com>:
Sorry, no mailbox here
by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <hello@mayfly.example>
Message-ID: <{id}@mayfly.example>
Subject: Hello

<bob@example.com>:
That is what the message says.
"""


def _part(kind: str, text: str, encoding: str) -> str:
    data = text.encode()
    said = {
        "base64": lambda: encodebytes(data).decode(),
        "quoted-printable": lambda: encodestring(data).decode(),
        "8bit": lambda: text,
    }[encoding]()
    return f"--b\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{said}\n"


def report(
    id: UUID,
    *,
    glob: str = "",
    status: str = "8bit",
    headers: str = "8bit",
    action: str = "failed",
    whole: bool = False,
) -> bytes:
    """Return a report as a server sends it; `glob` is "global-" for RFC 6533, the rest the encodings of its parts."""
    kind = f"message/{glob}headers" if glob else "text/rfc822-headers"
    if whole:
        kind = "message/global" if glob else "message/rfc822"
    text = (
        HEAD.format(report=f"{glob}delivery-status")
        + _part(f"message/{glob}delivery-status", STATUS.format(action=action), status)
        + _part(kind, RETURNED.format(id=id) + ("\nHello\n" if whole else ""), headers)
        + "--b--\n"
    )
    return text.replace("\n", "\r\n").encode()


async def _sent(run_jobs: Any) -> UUID:
    key = f"bouncing:{new_id()}"
    message_id = await send_email("ann@example.com", "test-message", {"name": "Ann"}, key=key)
    await run_jobs()
    assert message_id is not None
    return message_id


async def _fate(message_id: UUID) -> tuple[str, str]:
    row = await db.fetch_one("SELECT state, reason FROM message WHERE id = $1", message_id)
    assert row is not None
    return row["state"], row["reason"]


FORMS: dict[str, dict[str, Any]] = {
    "RFC 3464": {},
    "headers in base64": {"headers": "base64"},
    "headers quoted": {"headers": "quoted-printable"},
    "everything in base64": {"headers": "base64", "status": "base64"},
    "the whole message": {"whole": True},
    "RFC 6533": {"glob": "global-"},
    "RFC 6533 in base64": {"glob": "global-", "headers": "base64", "status": "base64"},
    "RFC 6533 quoted": {
        "glob": "global-",
        "headers": "quoted-printable",
        "status": "quoted-printable",
    },
    "RFC 6533, the whole message": {"glob": "global-", "whole": True, "headers": "base64"},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_each_form_of_a_report_is_read(app: Any, run_jobs: Any, form: dict[str, Any]) -> None:
    message_id = await _sent(run_jobs)
    assert not await record_bounce(report(message_id, action="delayed", **form))
    assert not await record_bounce(report(new_id(), **form))
    assert (await _fate(message_id))[0] == "sent"
    assert await record_bounce(report(message_id, **form))
    assert await _fate(message_id) == ("bounced", "smtp; 550 5.1.1 no such user")


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
async def test_qmails_report_is_read(app: Any, run_jobs: Any, breaks: str) -> None:
    message_id = await _sent(run_jobs)
    text = QMAIL.format(id=message_id).replace("\n", breaks)
    assert await record_bounce(text.encode())
    assert await _fate(message_id) == ("bounced", "Sorry, no mailbox here by that name. (#5.1.1)")


async def test_an_answer_by_a_person_is_no_report(app: Any, run_jobs: Any) -> None:
    message_id = await _sent(run_jobs)
    answer = QMAIL.format(id=message_id).replace("Hi. This is the", "I read of the")
    for body in (answer, f"Message-ID: <{message_id}@mayfly.example>\n\nAction: failed\n", ""):
        assert not await record_bounce(body.encode())
    assert (await _fate(message_id))[0] == "sent"
