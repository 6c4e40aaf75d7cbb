"""Unsubscribing with one click, text messages, mail that comes back, a page's history, a test message."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings
from app.core.signing import sign_token
from app.notifications.sending import send_email, send_sms
from app.notifications.unsubscribing import is_unsubscribed, unsubscribe_url
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.support.wire import wire

NAME, CONTEXT = "test-message", {"name": "Ann"}
NUMBER = "+491701234567"
REPORT = """From: MAILER-DAEMON@mx.example
To: hello@mayfly.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ann@example.com
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such
 user

--b
Content-Type: text/rfc822-headers

Message-ID: <{id}@mayfly.example>
--b--
"""


async def state_of(message_id: Any) -> tuple[str, str]:
    row = await db.fetch_one("SELECT state, reason FROM message WHERE id = $1", message_id)
    assert row is not None
    return row["state"], row["reason"]


async def queue(to: str, key: str, list_id: Any = None, topic_id: Any = None) -> Any:
    return await send_email(to, NAME, CONTEXT, key=key, list_id=list_id, topic_id=topic_id)


async def test_one_click_unsubscribes(
    client: httpx.AsyncClient, now: Any, run_jobs: Any, inbox: Any
) -> None:
    list_id = new_id()
    email = f"{list_id.hex}@example.com"
    await queue(email, "one", list_id)
    await run_jobs()
    [mail] = await inbox(email)
    async with wire() as reader:
        url = f"{inbox.url}/messages/{mail['id']}?view=source"
        source = (await reader.get(url)).text.replace("=\n", "")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in source
    assert "List-Unsubscribe: &lt;http" in source
    [url] = [link for link in mail["links"] if "/unsubscribe/" in link]
    asked = await client.get(url)
    assert "Unsubscribe?" in asked.text
    assert not await is_unsubscribed(email, list_id), "looking is not clicking"
    # As a mail provider's server sends it: no cookies, no origin.
    del client.headers["Origin"]
    for _twice in range(2):
        answer = await client.post(url, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert await is_unsubscribed(email.upper(), list_id)
    assert not await is_unsubscribed(email, new_id())
    later = await queue(email, "two", list_id)
    other = await queue(email, "three")
    await run_jobs()
    assert await state_of(later) == ("skipped", "unsubscribed")
    assert (await state_of(other))[0] == "sent"
    assert (await client.post(f"{url}/again")).status_code == 200
    assert not await is_unsubscribed(email, list_id)


async def test_a_changed_unsubscribe_link_is_refused(client: httpx.AsyncClient, now: Any) -> None:
    url = unsubscribe_url(new_id(), now)
    assert (await client.post(f"{url}x")).status_code == 403
    assert (await client.post(url)).status_code == 200, "the message is gone, and so is its reader"
    before = sign_token("unsubscribe", {"message": str(new_id())}, now)
    for token, status in ((before, 200), (f"{before[:-2]}xx", 403)):
        assert (await client.get(f"/unsubscribe/{token}")).status_code == status
    assert await db.fetch_value("SELECT count(*) FROM unsubscription") == 0


async def test_a_text_message_goes_to_the_provider(
    app: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    key = new_id().hex
    message_id = await send_sms(NUMBER, NAME, CONTEXT, key=key)
    await run_jobs()
    assert await state_of(message_id) == ("sent", "")
    [newest, *_older] = await inbox(NUMBER)
    assert newest["text"].strip() == "A test message from Mayfly. It arrived."


async def test_a_provider_that_refuses_or_is_away(
    app: Any, clock: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = await send_sms("+1", NAME, CONTEXT, key="refused")
    await run_jobs()
    state, reason = await state_of(refused)
    assert (state, reason[:3]) == ("failed", "400")
    monkeypatch.setattr(get_settings(), "sms_url", "http://127.0.0.1:9/sms")
    away = await send_sms(NUMBER, NAME, CONTEXT, key="away")
    await run_jobs()
    assert (await state_of(away))[0] == "queued"
    assert "can't be reached" in (await state_of(away))[1]
    monkeypatch.setattr(get_settings(), "sms_url", "")
    none = await send_sms(NUMBER, NAME, CONTEXT, key="none")
    await run_jobs()
    assert await state_of(none) == ("failed", "No SMS provider is configured.")


async def test_returned_mail_shows_why(
    client: httpx.AsyncClient, clock: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = await queue("ann@example.com", "bounce")
    await run_jobs()
    report = REPORT.format(action="failed", id=message_id).encode()

    async def sent(body: bytes, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await client.post("/webhooks/bounces", content=body, headers=headers)

    assert (await sent(report, "")).status_code == 403, "no token is configured"
    monkeypatch.setattr(get_settings(), "bounce_token", "a-long-token")
    assert (await sent(report, "another")).status_code == 403
    delayed = REPORT.format(action="delayed", id=message_id).encode()
    for body in (
        b"",
        b"\xff\x00nonsense",
        delayed,
        REPORT.format(action="failed", id=new_id()).encode(),
    ):
        assert (await sent(body, "a-long-token")).json() == {"known": False}
    assert (await state_of(message_id))[0] == "sent"
    assert (await sent(report, "a-long-token")).json() == {"known": True}
    assert await state_of(message_id) == ("bounced", "smtp; 550 5.1.1 no such user")


async def test_a_pages_history(
    owner: Any, colleague: Any, outsider: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    await make_registration(page, now, f"ann-{page.short_id}@example.com")
    failed = await queue("nobody@@example", "failed", topic_id=page.id)
    await run_jobs()
    url = f"/console/pages/{page.id}/messages/history"
    shown = await owner.get(url)
    assert "You are registered: By the river" in shown.text
    assert "nobody@@example" in shown.text
    found = await owner.get(url, params={"q": "100%_ann-", "state": "sent", "page": "x"})
    assert "Nothing matches." in found.text
    assert "nobody@@" not in (await owner.get(url, params={"state": "sent"})).text
    fragment = await owner.get(url, params={"q": "ann"}, headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith("<section")
    assert (await outsider.get(url)).status_code == 404
    retry = f"/console/pages/{page.id}/failed-messages"
    for stranger in (outsider, colleague):
        answer = await stranger.post(retry, data={"message": str(failed)})
        assert answer.status_code == 404
    assert (await state_of(failed))[0] == "failed"
    theirs = await make_event(outsider.viewer, now=now)
    answer = await outsider.post(
        f"/console/pages/{theirs.id}/failed-messages", data={"message": str(failed)}
    )
    assert answer.status_code == 404
    assert (await owner.post(retry, data={"message": "x"})).status_code == 422
    assert (await owner.post(retry, data={"message": str(failed)})).status_code == 303
    assert (await state_of(failed))[0] == "queued"
    assert (await owner.post(retry, data={"message": str(failed)})).status_code == 409


async def test_a_test_message_to_oneself(
    owner: Any,
    colleague: Any,
    clock: Any,
    run_jobs: Any,
    inbox: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "/console/account/messages"
    assert "Send a test message" in (await owner.get(url)).text
    form = {"id": str(new_id())}
    first = await owner.post(url, data=form)
    assert first.status_code == 303
    assert (await owner.post(url, data=form)).status_code == 303
    await run_jobs()
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name = 'test-message'") == 1
    shown = await owner.get(first.headers["location"])
    assert "The test message to olivia@example.com" in shown.text
    assert "Sent" in shown.text
    assert (await colleague.get(first.headers["location"])).text.count("olivia@example.com") == 0
    text = {"id": str(new_id()), "phone": NUMBER}
    assert (await owner.post(url, data=text)).status_code == 404, "only staff text a number"
    monkeypatch.setattr(get_settings(), "staff_emails", ["olivia@example.com"])
    assert (await colleague.post(url, data=text)).status_code == 404
    bad = await owner.post(url, data={"id": str(new_id()), "phone": "12"})
    assert bad.status_code == 422
    assert "country code" in bad.text
    assert (await owner.post(url, data=text)).status_code == 303
    clock.advance(timedelta(seconds=1))
    await run_jobs()
    assert await db.fetch_value("SELECT state FROM message WHERE channel = 'sms'") == "sent"
