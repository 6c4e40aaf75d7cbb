"""An account whose address nobody confirmed reaches nothing that is kept by that address: anybody can sign up with any."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from app.auth.accounts import sign_up
from app.auth.security_log import note
from app.auth.verifying import verification_token, verify_address
from app.core import db
from app.notifications.tables import Message
from tests.conftest import Member, member_of
from tests.factories.auth import PASSWORD
from tests.factories.teams import make_invitation
from tests.privacy.test_exporting import the_export, unpacked

GUEST, LONGER = "ann@example.com", "joann@example.com"
DATA, END = "/console/account/data", "/console/account/erasure"
WEEK = timedelta(days=7)


@pytest.fixture
async def intruder(app: Any, clock: Any, owner: Any, run_jobs: Any) -> AsyncIterator[Member]:
    """Somebody who signed up with the address of a guest of Olivia's, and confirmed nothing."""
    now = clock.now()
    await make_invitation(owner.viewer, now, GUEST)
    await note("team-invitation-withdrawn", now, user_id=owner.viewer.user_id, email=LONGER)
    await note("team-invitation-withdrawn", now, user_id=owner.viewer.user_id, email=GUEST)
    await db.execute(
        "INSERT INTO stripe_event (id, type, payload, received_at, processed_at) "
        "VALUES ('evt_long', 'x', $2::jsonb, $1, $1), ('evt_guest', 'x', $3::jsonb, $1, $1)",
        *(now, json.dumps({"email": LONGER}), json.dumps({"email": GUEST})),
    )
    # A message that was emptied has no recipient, and is nobody's.
    await Message.insert(
        Message(key="emptied", name="order-completed", state="sent", created_at=now, sent_at=now)
    )
    await run_jobs()
    viewer = await sign_up(GUEST, PASSWORD, "Somebody", now)
    async with await member_of(app, now, viewer) as member:
        yield member


async def confirm(intruder: Member, now: Any) -> None:
    await verify_address(verification_token(intruder.viewer.user_id, GUEST, now), now)


async def exported_kinds(intruder: Member, run_jobs: Any) -> set[str]:
    await intruder.post(f"{DATA}/exports")
    await run_jobs()
    files = await unpacked(await the_export(intruder.viewer.user_id))
    return {message["kind"] for message in json.loads(files["messages.json"])}


async def end_account(intruder: Member, clock: Any, run_jobs: Any) -> None:
    await intruder.post(END, data={"password": PASSWORD, "confirmation": GUEST})
    clock.advance(WEEK)
    await run_jobs()
    await run_jobs()
    assert await db.fetch_value("SELECT state FROM account_erasure") == "erased"


async def known_of_guest() -> dict[str, int]:
    """Count what others have of the guest's address, by where it is."""
    counts = {
        "invitations": "SELECT count(*) FROM invitation WHERE email = $1",
        "logs": "SELECT count(*) FROM security_log WHERE details ->> 'email' = $1",
        "events": "SELECT count(*) FROM stripe_event WHERE payload ->> 'email' = $1",
        "mails": "SELECT count(*) FROM message WHERE recipient = $1 AND name = 'team-invitation'",
    }
    return {name: await db.fetch_value(sql, GUEST) for name, sql in counts.items()}


async def test_it_exports_no_message_of_the_address(intruder: Any, run_jobs: Any) -> None:
    assert await exported_kinds(intruder, run_jobs) == set()


async def test_a_confirmed_one_exports_them(intruder: Any, clock: Any, run_jobs: Any) -> None:
    await confirm(intruder, clock.now())
    assert "team-invitation" in await exported_kinds(intruder, run_jobs)


async def test_its_end_leaves_what_others_have_of_the_address(
    intruder: Any, clock: Any, run_jobs: Any
) -> None:
    before = await known_of_guest()
    assert all(before.values())
    await end_account(intruder, clock, run_jobs)
    assert await known_of_guest() == before


async def test_the_end_of_a_confirmed_one_takes_the_address_and_no_longer_one(
    intruder: Any, clock: Any, run_jobs: Any
) -> None:
    await confirm(intruder, clock.now())
    await end_account(intruder, clock, run_jobs)
    assert not any((await known_of_guest()).values())
    assert await db.fetch_value(
        "SELECT count(*) FROM security_log WHERE details ->> 'email' = $1", LONGER
    )
    assert await db.fetch_value("SELECT payload FROM stripe_event WHERE id = 'evt_long'") != "{}"
