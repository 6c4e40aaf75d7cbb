"""The seller's account: two-factor on, another address asked for, and a visitor halfway through logging in."""

from datetime import datetime, timedelta

import httpx

from app.auth.addresses.asking import ask_for_change
from app.auth.addresses.changes import CONFIRM, UNDO, change_token, open_change
from app.auth.second_step import step_token
from app.auth.viewer import Viewer
from tests.factories.two_factor import make_two_factor

PASSWORD = "correct horse 1"
DAY = timedelta(days=1)


async def make_account(viewer: Viewer, visitor: httpx.AsyncClient, now: datetime) -> dict[str, str]:
    """Make it; return the parameters of its addresses."""
    await make_two_factor(viewer, PASSWORD, now)
    await ask_for_change(viewer, "another@example.com", PASSWORD, now)
    change = await open_change(viewer.user_id, now)
    assert change is not None
    step = await step_token(viewer.user_id, "/console", now)
    visitor.cookies.set("step", step, domain=visitor.base_url.host, path="/")
    return {
        "address/confirm/token": change_token(CONFIRM, change.id, now, DAY),
        "address/undo/token": change_token(UNDO, change.id, now, DAY),
    }
