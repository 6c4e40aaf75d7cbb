"""The account page: name and password."""

from datetime import datetime

import pytest

from app.auth.sessions import live_sessions, start_session
from app.core import db
from tests.conftest import Inbox, Member
from tests.support.aliases import RunJobs

HTMX = {"HX-Request": "true"}
CHANGE = {"current": "correct horse 1", "password": "a much better one"}


async def test_the_name_is_kept_and_shown(owner: Member) -> None:
    assert (await owner.post("/console/account/name", data={"name": "Liv"})).status_code == 303
    assert 'value="Liv"' in (await owner.get("/console/account")).text
    swapped = await owner.post("/console/account/name", data={"name": "Ol"}, headers=HTMX)
    assert swapped.status_code == 200
    assert 'id="account-name"' in swapped.text
    assert "Your name is saved." in swapped.text


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_a_bad_name_stays_in_the_field_with_its_error(
    owner: Member, headers: dict[str, str]
) -> None:
    for name in ("", "x" * 81, "a\u202eb", "http://spam.example"):
        response = await owner.post("/console/account/name", data={"name": name}, headers=headers)
        assert response.status_code == 422
        assert 'id="f-name-error"' in response.text
    assert await db.fetch_value('SELECT name FROM "user"') == "Olivia"


async def test_a_new_password_ends_the_other_sessions_and_is_announced(
    owner: Member, now: datetime, run_jobs: RunJobs, inbox: Inbox
) -> None:
    await start_session(owner.viewer.user_id, now)
    response = await owner.post("/console/account/password", data=CHANGE, headers=HTMX)
    assert response.status_code == 200
    assert 'id="account-password"' in response.text
    assert 'hx-swap-oob="true"' in response.text
    assert "a much better one" not in response.text
    assert len(await live_sessions(owner.viewer.user_id, now)) == 1
    assert (await owner.get("/console/account")).status_code == 200
    await run_jobs()
    assert (await inbox("olivia@example.com"))[0]["subject"] == "Your password was changed"


async def test_a_wrong_present_password_changes_nothing(owner: Member) -> None:
    for headers in ({}, HTMX):
        response = await owner.post(
            "/console/account/password", data={**CHANGE, "current": "guess"}, headers=headers
        )
        assert response.status_code == 422
        assert "That is not your present password." in response.text
    weak = await owner.post("/console/account/password", data={**CHANGE, "password": "password123"})
    assert weak.status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name = 'password-changed'") == 0


async def test_password_guesses_inside_a_session_are_limited(owner: Member) -> None:
    for _ in range(10):
        await owner.post("/console/account/password", data={**CHANGE, "current": "guess"})
    assert (await owner.post("/console/account/password", data=CHANGE)).status_code == 429
