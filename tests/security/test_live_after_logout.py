"""A live stream of the console ends with what it was opened by: the session, the role."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.analytics.controllers.live import permit_of
from app.auth import tokens
from app.auth.members import place
from app.auth.sessions import end_session, end_sessions, start_session
from app.core import db, eventstream
from app.core.eventstream import EventStream
from app.core.live import bus
from tests.conftest import Member
from tests.support.streams import Stream


async def ended(watcher: Stream) -> bool:
    """Wait until the stream ends; the test's patience says when it does not."""
    try:
        while True:
            await watcher.next()
    except EOFError:
        return True


@pytest.mark.parametrize("how", ["logout", "password", "role", "unheard"])
async def test_it_ends_with_what_it_was_opened_by(
    owner: Member, now: datetime, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "unheard":
        monkeypatch.setattr(eventstream, "CHECK_SECONDS", 0.05)
    made = await start_session(owner.viewer.user_id, now)
    claims = tokens.read("access", made.access, now)
    assert claims is not None
    viewer: Any = replace(owner.viewer, session_id=claims.session_id)
    permit = permit_of(viewer)
    assert await permit.holds()
    watcher = await Stream(EventStream(bus, f"dashboard:{viewer.group_id}", permit=permit)).open()
    await watcher.next()
    async with db.transaction():
        if how == "logout":
            await end_session(claims.session_id, viewer.user_id, now)
        elif how == "password":
            await end_sessions(viewer.user_id, now, cause="password")
        elif how == "unheard":
            await db.execute("UPDATE session SET ended_at = $1, ended_cause = 'x'", now)
        else:
            who = (viewer.user_id, viewer.organization_id, viewer.group_id)
            await place(*who, frozenset({"door"}), now)
    assert await ended(watcher)
    assert not await permit.holds()
    assert permit.topic not in bus.watched
    await watcher.close()
