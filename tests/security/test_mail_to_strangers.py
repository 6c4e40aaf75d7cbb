"""An account whose address is not confirmed sends strangers fixed words only, and few of them."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.auth.accounts import sign_up
from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings
from tests.conftest import Member, member_of

SPAM = "You won 1000 at evil.example"
PASSWORD = "correct horse 3"
MESSAGES = "/console/account/messages"
NUMBER = "+491701234567"


@pytest.fixture
async def stranger(app: Any, clock: Any) -> AsyncGenerator[Member, None]:
    """Somebody who signed up with a victim's address, and an advertisement as their name."""
    viewer = await sign_up("victim@example.com", PASSWORD, SPAM, clock.now())
    async with await member_of(app, clock.now(), viewer) as member:
        yield member


async def queued(channel: str = "email") -> list[Any]:
    rows = await db.fetch(
        "SELECT name, recipient, subject, text, html FROM message WHERE channel = $1", channel
    )
    return list(rows)


async def test_no_mail_to_an_unconfirmed_address_holds_the_name(
    stranger: Member, client: httpx.AsyncClient, run_jobs: Any
) -> None:
    await stranger.post("/console/account/verification")
    await stranger.post(
        "/console/account/address", data={"email": "other@example.com", "current": PASSWORD}
    )
    await client.post("/forgot", data={"email": "victim@example.com"})
    again = {"name": "Vic", "email": "victim@example.com", "password": "another good one 9"}
    assert (await client.post("/signup", data=again)).status_code == 200
    await stranger.post("/console/account/data/exports", data={"id": str(new_id())})
    changed = {"current": PASSWORD, "password": "a different horse 4"}
    await stranger.post("/console/account/password", data=changed)
    mails = await queued()
    names = {mail["name"] for mail in mails}
    assert {"welcome", "verify-address", "address-confirm", "account-exists"} <= names
    assert "password-changed" in names
    for mail in mails:
        for part in ("subject", "text", "html"):
            assert "evil" not in mail[part], (mail["name"], part)


async def test_an_unconfirmed_account_sends_no_test_message(
    stranger: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "sms_url", "http://127.0.0.1:1/sms")
    before = len(await queued())
    refused = await stranger.post(MESSAGES, data={"id": str(new_id())})
    assert refused.status_code == 422
    assert "confirm your e-mail address first" in refused.text
    text = await stranger.post(MESSAGES, data={"id": str(new_id()), "phone": NUMBER})
    assert text.status_code == 404
    assert len(await queued()) == before
    assert await queued("sms") == []


async def test_only_staff_text_a_number_and_see_the_mail_server(
    owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = get_settings()
    monkeypatch.setattr(settings, "sms_url", "http://127.0.0.1:1/sms")
    monkeypatch.setattr(settings, "smtp_host", "mail.operator.example")
    form = {"id": str(new_id()), "phone": NUMBER}
    shown = (await owner.get(MESSAGES)).text
    assert "mail.operator.example" not in shown
    assert 'name="phone"' not in shown
    assert (await owner.post(MESSAGES, data=form)).status_code == 404
    assert await queued("sms") == []
    monkeypatch.setattr(settings, "staff_emails", ["olivia@example.com"])
    shown = (await owner.get(MESSAGES)).text
    assert "mail.operator.example" in shown
    assert 'name="phone"' in shown
    assert (await owner.post(MESSAGES, data=form)).status_code == 303
    assert len(await queued("sms")) == 1


async def test_mails_to_unconfirmed_addresses_stop(
    stranger: Member, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five a day and fifteen in thirty days, links and changes of address together; one day later there may be more."""

    monkeypatch.setattr(get_settings(), "rate_limits", False)  # they count by the hour

    async def ask(number: int) -> int:
        clock.advance(timedelta(seconds=1))  # within one second, two links would be one mail
        if number % 2:
            answer = await stranger.post("/console/account/verification")
        else:
            form = {"email": f"victim{number}@example.com", "current": PASSWORD}
            answer = await stranger.post("/console/account/address", data=form)
        return answer.status_code

    for day in range(4):
        answers = [await ask(number) for number in range(7)]
        allowed = 5 if day < 3 else 0
        assert answers == [303] * allowed + [429] * (7 - allowed), day
        clock.advance(timedelta(days=1, minutes=1))
    named = ("verify-address", "address-confirm", "address-taken")
    assert sum(mail["name"] in named for mail in await queued()) == 15


async def test_an_invitation_holds_no_name(owner: Member, now: Any) -> None:
    """The invited have shown nothing yet: they read the confirmed address of who invites, not a name."""
    await db.execute('UPDATE "user" SET name = $1', SPAM)
    group = str(owner.viewer.group_id)
    form = {
        "id": str(new_id()),
        "email": "guest@example.com",
        "group": group,
        "roles": "editor",
    }
    assert (await owner.post("/console/team/invitations", data=form)).status_code in (200, 303)
    [mail] = [one for one in await queued() if one["name"] == "team-invitation"]
    assert "olivia@example.com" in mail["text"]
    assert "evil" not in mail["subject"] + mail["text"] + mail["html"]
