"""The seller's account: two-factor on, another address asked for, and a visitor halfway through logging in."""

from datetime import datetime, timedelta

import httpx

from app.auth.addresses.asking import ask_for_change
from app.auth.addresses.changes import CONFIRM, UNDO, change_token, open_change
from app.auth.second_step import step_token
from app.auth.viewer import Viewer
from app.core import db
from app.core.ids import new_id
from app.privacy.ending import keep_path, open_erasure
from app.receipts.giving import REGISTRATION, give_receipt
from app.storage.objects import get_store
from tests.factories.two_factor import make_two_factor

PASSWORD = "correct horse 1"
DAY = timedelta(days=1)


async def make_account(viewer: Viewer, visitor: httpx.AsyncClient, now: datetime) -> dict[str, str]:
    """Make it; return the parameters of its addresses."""
    # With two-factor on, a change of address would take a code too.
    await ask_for_change(viewer, "another@example.com", PASSWORD, now)
    await make_two_factor(viewer, PASSWORD, now)
    change = await open_change(viewer.user_id, now)
    assert change is not None
    step = await step_token(viewer.user_id, "/console", now)
    visitor.cookies.set("step", step, domain=visitor.base_url.host, path="/")
    export_id = new_id()
    key = f"users/{viewer.user_id}/exports/{export_id}.zip"
    await get_store().put(key, b"a zip", "application/zip")
    await db.execute(
        """INSERT INTO data_export (id, user_id, state, object_key, asked_at, finished_at, expires_at)
           VALUES ($1, $2, 'done', $3, $4, $4, $5)""",
        *(export_id, viewer.user_id, key, now, now + DAY),
    )
    erasure_id = new_id()
    await db.execute(
        """INSERT INTO account_erasure (id, user_id, state, asked_at, due_at) VALUES ($1, $2, 'asked', $3, $4)""",
        *(erasure_id, viewer.user_id, now, now + 7 * DAY),
    )
    erasure = await open_erasure(viewer.user_id)
    assert erasure is not None
    number = await give_receipt(REGISTRATION, "gone@example.com", now, registrations=1)
    return {
        "number": number,
        "account/erasure/token": keep_path(erasure, now).rpartition("/")[2],
        "export_id": str(export_id),
        "address/confirm/token": change_token(CONFIRM, change.id, now, DAY),
        "address/undo/token": change_token(UNDO, change.id, now, DAY),
    }
