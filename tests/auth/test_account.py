"""The account pages: name, time zone, and password."""

from datetime import datetime

import pytest

from app.auth.sessions import live_sessions, start_session
from app.core import db
from tests.conftest import Inbox, Member
from tests.support.aliases import RunJobs

ACCOUNT, PASSWORD = "/console/account", "/console/account/password"
HTMX = {"HX-Request": "true"}
CHANGE = {"current": "correct horse 1", "password": "a much better one"}


async def test_the_name_and_the_zone_are_kept_and_shown(owner: Member) -> None:
    profile = {"name": "Liv", "zone": "Europe/Berlin"}
    assert (await owner.post(f"{ACCOUNT}/profile", data=profile)).status_code == 303
    shown = (await owner.get(ACCOUNT)).text
    assert 'value="Liv"' in shown
    assert 'value="Europe/Berlin" selected' in shown
    sent = {**profile, "name": "Ol", "zone": ""}
    swapped = await owner.post(f"{ACCOUNT}/profile", data=sent, headers=HTMX)
    assert swapped.status_code == 200
    assert swapped.text.lstrip().startswith('<section id="account-profile"')
    assert 'value="Ol"' in swapped.text
    assert await db.fetch_value('SELECT zone FROM "user"') == ""


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_what_is_wrong_stays_in_its_field(owner: Member, headers: dict[str, str]) -> None:
    for name in ("", "x" * 81, "\u202e\u200b", "http://spam.example"):
        answer = await owner.post(f"{ACCOUNT}/profile", data={"name": name}, headers=headers)
        assert answer.status_code == 422
        assert 'id="f-name-error"' in answer.text
    nowhere = {"name": "Liv", "zone": "Mars/Base"}
    answer = await owner.post(f"{ACCOUNT}/profile", data=nowhere, headers=headers)
    assert answer.status_code == 422
    assert 'id="f-zone-error"' in answer.text
    assert await db.fetch_value('SELECT name FROM "user"') == "Olivia"


async def test_a_new_password_ends_the_other_sessions_and_is_announced(
    owner: Member, now: datetime, run_jobs: RunJobs, inbox: Inbox
) -> None:
    await start_session(owner.viewer.user_id, now)
    response = await owner.post(PASSWORD, data=CHANGE, headers=HTMX)
    assert response.status_code == 200
    assert 'id="account-password"' in response.text
    assert "a much better one" not in response.text
    assert len(await live_sessions(owner.viewer.user_id, now)) == 1
    assert (await owner.get("/console/account")).status_code == 200
    await run_jobs()
    assert (await inbox("olivia@example.com"))[0]["subject"] == "Your password was changed"


async def test_a_wrong_present_password_changes_nothing(owner: Member) -> None:
    for headers in ({}, HTMX):
        response = await owner.post(PASSWORD, data={**CHANGE, "current": "guess"}, headers=headers)
        assert response.status_code == 422
        assert "That is not your present password." in response.text
    for easy in ("password123", "olivia@example.com", "Olivia2026!", "short"):
        weak = await owner.post(PASSWORD, data={**CHANGE, "password": easy})
        assert weak.status_code == 422
        assert 'id="f-password-error"' in weak.text
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name = 'password-changed'") == 0


async def test_password_guesses_inside_a_session_are_limited(owner: Member) -> None:
    for _ in range(10):
        await owner.post(PASSWORD, data={**CHANGE, "current": "guess"})
    assert (await owner.post(PASSWORD, data=CHANGE)).status_code == 429
