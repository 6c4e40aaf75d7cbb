"""Ines, who draws what the river shows her, and sells it for an hour."""

from datetime import datetime
from uuid import UUID

from app.auth.accounts import AccountExists, account_of, sign_up
from app.auth.sessions import end_session, start_session
from app.auth.verifying import verification_token, verify_address
from app.auth.viewer import Viewer
from app.auth.viewing import load_viewer
from app.demo.goods import ZONE
from app.demo.subscribing import put_on_plan

EMAIL = "ines@mayfly.example"
PASSWORD = "an-hour-by-the-river"  # noqa: S105 - printed at every start
NAME = "Ines Vogel"


async def demo_creator(now: datetime) -> Viewer:
    """Return the demo's creator, signed up and with a confirmed address."""
    try:
        creator = await sign_up(email=EMAIL, password=PASSWORD, name=NAME, now=now, zone=ZONE)
    except AccountExists:
        known = await account_of(EMAIL)
        assert known is not None  # the address is taken, and accounts are not deleted
        creator = await _as_logged_in(known.user_id, now)
    await verify_address(verification_token(creator.user_id, creator.email, now), now)
    await put_on_plan(creator, now)
    return creator


async def _as_logged_in(user_id: UUID, now: datetime) -> Viewer:
    issued = await start_session(user_id, now)
    viewer = await load_viewer(issued.session_id, user_id, now)
    await end_session(issued.session_id, user_id, now)
    assert viewer is not None  # the session was live
    return viewer
