"""Rotation, its grace, reuse detection, and the end of sessions."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.auth import tokens
from app.auth.cookies import session_cookies
from app.auth.sessions import end_session, end_sessions, live_sessions, rotate, start_session
from app.core import db
from app.core.clock import ManualClock
from app.core.settings import get_settings
from tests.conftest import Member

LATER = timedelta(minutes=20)  # longer than an access token lives


def hold(member: httpx.AsyncClient, session: tokens.Tokens) -> None:
    member.cookies.clear()
    member.cookies.set("access", session.access, domain="127.0.0.1", path="/")
    member.cookies.set("refresh", session.refresh, domain="127.0.0.1", path="/")


async def test_an_expired_access_token_is_renewed_on_the_way(
    owner: Member, clock: ManualClock
) -> None:
    before = dict(owner.cookies)
    assert "set-cookie" not in (await owner.get("/console/account")).headers
    clock.advance(LATER)
    assert (await owner.get("/console/account")).status_code == 200
    after = dict(owner.cookies)
    assert after["access"] != before["access"]
    assert after["refresh"] != before["refresh"]
    assert await db.fetch_value("SELECT generation FROM session") == 2


async def test_parallel_requests_share_one_rotation(owner: Member, clock: ManualClock) -> None:
    old = dict(owner.cookies)
    clock.advance(LATER)
    answers = await asyncio.gather(
        *(
            owner.get("/console/account", headers={"Cookie": f"refresh={old['refresh']}"})
            for _ in range(8)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await db.fetch_value("SELECT generation FROM session") == 2


async def test_a_token_used_again_after_the_grace_ends_the_family(
    app: Any, owner: Member, clock: ManualClock
) -> None:
    stolen = owner.cookies["refresh"]
    clock.advance(LATER)
    await owner.get("/console/account")
    assert await rotate(stolen, clock.advance(timedelta(seconds=29))) is not None
    assert await rotate(stolen, clock.advance(timedelta(seconds=2)), ip="192.0.2.7") is None
    assert await db.fetch_value("SELECT ended_cause FROM session") == "reuse"
    assert (await owner.get("/console/account")).status_code == 303
    row = await db.fetch_one("SELECT ip, user_id FROM security_log WHERE kind = 'refresh-reused'")
    assert row is not None
    assert (row["ip"], row["user_id"]) == ("192.0.2.7", owner.viewer.user_id)


async def test_an_older_generation_is_reuse_even_within_the_grace(
    owner: Member, now: datetime
) -> None:
    first = await start_session(owner.viewer.user_id, now)
    second = await rotate(first.refresh, now)
    assert second is not None
    assert await rotate(second.refresh, now) is not None
    assert await rotate(first.refresh, now) is None
    assert await rotate(second.refresh, now) is None


async def test_a_session_ends_when_it_is_not_used(owner: Member, clock: ManualClock) -> None:
    clock.advance(timedelta(days=get_settings().refresh_token_days))
    response = await owner.get("/console/account")
    assert response.status_code == 303
    assert "refresh" not in owner.cookies


async def test_a_session_ends_after_its_days_however_busy_it_is(
    owner: Member, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "session_days", 40)
    for _ in range(3):
        assert (await owner.get("/console/account")).status_code == 200
        clock.advance(timedelta(days=13))
    assert (await owner.get("/console/account")).status_code == 200
    clock.advance(timedelta(days=1))
    assert (await owner.get("/console/account")).status_code == 303


async def test_an_ended_session_stops_at_once(owner: Member, now: datetime) -> None:
    session = await start_session(owner.viewer.user_id, now)
    hold(owner, session)
    assert (await owner.get("/console/account")).status_code == 200
    assert await end_session(session.session_id, owner.viewer.user_id, now)
    assert not await end_session(session.session_id, owner.viewer.user_id, now)
    assert (await owner.get("/console/account")).status_code == 303


async def test_the_account_page_ends_one_session_and_all_others(
    owner: Member, now: datetime
) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    phone = await start_session(owner.viewer.user_id, now, "192.0.2.1", agent)
    shown = await owner.get("/console/account/sessions")
    assert "Firefox on Linux" in shown.text
    assert "192.0.2.1" in shown.text
    path = f"/console/account/sessions/{phone.session_id}"
    response = await owner.delete(path, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response.text.lstrip().startswith("<section")
    assert "Firefox on Linux" not in response.text
    assert (await owner.delete(path)).status_code == 404
    for _ in range(2):
        await start_session(owner.viewer.user_id, now)
    assert (await owner.post("/console/account/sessions")).status_code == 303
    assert len(await live_sessions(owner.viewer.user_id, now)) == 1
    assert (await owner.get("/console/account")).status_code == 200


async def test_ending_ones_own_session_logs_out(owner: Member) -> None:
    session_id = await db.fetch_value("SELECT id FROM session")
    response = await owner.post(f"/console/account/sessions/{session_id}")
    assert response.headers["location"] == "/login"
    assert (await owner.get("/console/account")).status_code == 303


async def test_an_outsider_can_neither_see_nor_end_a_session(
    owner: Member, outsider: Member, colleague: Member, now: datetime
) -> None:
    session_id = await db.fetch_value(
        "SELECT id FROM session WHERE user_id = $1", owner.viewer.user_id
    )
    for stranger in (outsider, colleague):
        assert (await stranger.post(f"/console/account/sessions/{session_id}")).status_code == 404
        assert (await stranger.delete(f"/console/account/sessions/{session_id}")).status_code == 404
        assert str(session_id) not in (await stranger.get("/console/account/sessions")).text
        await stranger.post("/console/account/sessions")
    assert (await owner.post("/console/account/sessions/not-an-id")).status_code == 404
    assert (await owner.get("/console/account")).status_code == 200


async def test_nobody_writes_without_a_session(client: httpx.AsyncClient) -> None:
    for path in (
        "profile", "address", "address/cancellation", "password", "sessions", "sessions/everywhere",
        f"sessions/{UUID(int=1)}", "two-factor", "two-factor/setup", "two-factor/codes",
        "two-factor/codes/file", "two-factor/removal",
    ):  # fmt: skip
        response = await client.post(f"/console/account/{path}", data={})
        assert response.status_code == 303
        assert response.headers["location"] == "/login"


async def test_forged_and_foreign_tokens_are_nobody(
    client: httpx.AsyncClient, owner: Member, now: datetime
) -> None:
    session = await start_session(owner.viewer.user_id, now)
    forged = session.access[:-4] + ("AAAA" if session.access[-4:] != "AAAA" else "BBBB")
    for value in (forged, session.refresh, "x", "a.b.c", "é", "." * 5000, ""):
        client.cookies.clear()
        response = await client.get(
            "/console/account", headers=[(b"cookie", f"access={value}".encode())]
        )
        assert response.status_code == 303, value
    swapped = await client.get("/console/account", headers={"Cookie": f"refresh={session.access}"})
    assert swapped.status_code == 303
    assert await rotate(session.access, now) is None


async def test_keys_rotate(owner: Member, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = get_settings()
    session = await start_session(owner.viewer.user_id, now)
    monkeypatch.setattr(settings, "secret_keys", ["b" * 40, *settings.secret_keys])
    assert tokens.read("access", session.access, now) is not None
    renewed = await rotate(session.refresh, now)
    assert renewed is not None
    monkeypatch.setattr(settings, "secret_keys", ["b" * 40])
    assert tokens.read("access", renewed.access, now) is not None
    assert tokens.read("access", session.access, now) is None


async def test_nobody_is_logged_out_when_a_new_key_is_put_in_front(
    owner: Member, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = get_settings()
    monkeypatch.setattr(settings, "secret_keys", ["b" * 40, *settings.secret_keys])
    assert (await owner.get("/console/account")).status_code == 200
    clock.advance(LATER)
    assert (await owner.get("/console/account")).status_code == 200
    assert await db.fetch_value("SELECT count(*) FROM session WHERE ended_at IS NULL") == 1


async def test_logging_out_everywhere_ends_this_session_too(owner: Member, now: datetime) -> None:
    await start_session(owner.viewer.user_id, now)
    response = await owner.post("/console/account/sessions/everywhere")
    assert response.headers["location"] == "/login"
    assert await live_sessions(owner.viewer.user_id, now) == []
    assert (await owner.get("/console/account")).status_code == 303


async def test_ending_all_sessions_counts_them(owner: Member, now: datetime) -> None:
    keep = await start_session(owner.viewer.user_id, now)
    assert await end_sessions(owner.viewer.user_id, now, keep=keep.session_id) == 1
    assert await end_sessions(owner.viewer.user_id, now, keep=keep.session_id) == 0


async def test_a_console_request_asks_who_it_is_with_one_statement(
    owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.auth import viewing

    asked: list[str] = []
    real = viewing.fetch_one

    async def counting(sql: str, *arguments: object):
        asked.append(sql)
        return await real(sql, *arguments)

    monkeypatch.setattr(viewing, "fetch_one", counting)
    await owner.get("/login")
    assert len(asked) == 1
    await owner.get("/p/unknown")
    assert len(asked) == 1


async def test_over_https_cookies_are_secure_and_bound_to_the_host(
    owner: Member, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "base_url", "https://mayfly.example")
    session = await start_session(owner.viewer.user_id, now)
    for cookie, name in zip(session_cookies(session), ("access", "refresh"), strict=True):
        header = cookie.to_header(header="")
        assert header.startswith(f"__Host-{name}=")
        assert "Secure" in header
        assert "Path=/" in header
        assert "Domain" not in header
