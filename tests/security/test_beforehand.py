"""Accounts that somebody made beforehand with another's address: its owner gets them without anything of the other's."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.auth import two_factor
from app.auth.tables import User
from app.core import db
from app.core.settings import get_settings
from tests.auth.test_changing_address import LinkTo, link_to
from tests.conftest import Member
from tests.factories.two_factor import make_two_factor

VICTIM, PASSWORD, CHOSEN = "vera.victim@example.com", "correct horse 2", "seven herons in reeds"
ADDRESS = "/console/account/address"

__all__ = ["link_to"]


@pytest.fixture
async def mallory(outsider: Member) -> Member:
    """Somebody who signed up with Vera's address, and who runs the installation once it is confirmed."""
    await db.execute(
        'UPDATE "user" SET email = $1, verified_at = NULL WHERE id = $2',
        *(VICTIM, outsider.viewer.user_id),
    )
    return outsider


async def confirmed(member: Member) -> bool:
    found = await User.select(User.verified_at).where(User.id == member.viewer.user_id).first()
    return found is not None and found["verified_at"] is not None


async def ask_for_link(member: Member, link_to: LinkTo) -> str:
    await member.post("/console/account/verification")
    return await link_to(VICTIM, "/verify/")


async def test_a_click_on_the_mail_confirms_no_strangers_session(
    mallory: Member, client: httpx.AsyncClient, link_to: LinkTo, monkeypatch: Any, run_jobs: Any
) -> None:
    monkeypatch.setattr(get_settings(), "staff_emails", [VICTIM])
    monkeypatch.setattr(get_settings(), "staff_require_two_factor", False)
    path = await ask_for_link(mallory, link_to)
    assert "new password" in (await client.get(path)).text
    chosen = await client.post(path)
    assert chosen.headers["location"].startswith("/reset/")
    assert not await confirmed(mallory)
    assert (await mallory.get("/console/staff")).status_code == 404
    done = await client.post(chosen.headers["location"], data={"password": CHOSEN})
    assert done.headers["location"].startswith("/console")
    assert await confirmed(mallory)
    assert (await client.get("/console/staff")).status_code == 200
    assert (await mallory.get("/console/staff")).status_code == 303, "the session of before is over"


async def test_in_ones_own_session_it_is_one_click(mallory: Member, link_to: LinkTo) -> None:
    """The control: who signed up and reads the mail in the same browser."""
    path = await ask_for_link(mallory, link_to)
    assert "new password" not in (await mallory.get(path)).text
    assert "/reset/" not in (await mallory.post(path)).headers["location"]
    assert await confirmed(mallory)
    assert (await mallory.get("/console/account")).status_code == 200


@pytest.mark.parametrize("known", [False, True], ids=["unconfirmed", "confirmed"])
async def test_the_mailbox_gets_past_a_second_step_and_an_end_of_before(
    mallory: Member,
    client: httpx.AsyncClient,
    link_to: LinkTo,
    clock: Any,
    run_jobs: Any,
    known: bool,
) -> None:
    now = clock.now()
    await make_two_factor(mallory.viewer, PASSWORD, now)
    await db.execute(
        "INSERT INTO account_erasure (id, user_id, state, language, asked_at, due_at) "
        "VALUES (gen_random_uuid(), $1, 'asked', 'en', $2, $3)",
        *(mallory.viewer.user_id, now, now + timedelta(days=7)),
    )
    if known:
        await db.execute('UPDATE "user" SET verified_at = $1', now)
    await client.post("/forgot", data={"email": VICTIM})
    reset = await link_to(VICTIM, "/reset/")
    done = await client.post(reset, data={"password": CHOSEN})
    await run_jobs()
    # The control: a second step that a confirmed owner set up stands, and so does the end that they asked for.
    assert done.headers["location"].startswith("/login/code" if known else "/console")
    assert await two_factor.is_on(mallory.viewer.user_id) is known
    state = await db.fetch_value("SELECT state FROM account_erasure")
    assert state == ("asked" if known else "cancelled")


async def test_nobody_gives_a_strangers_account_their_address(
    outsider: Member, owner: Member, client: httpx.AsyncClient, link_to: LinkTo
) -> None:
    await outsider.post(ADDRESS, data={"email": VICTIM, "current": PASSWORD})
    path = await link_to(VICTIM, "/address/confirm/")
    assert (await client.post(path)).headers["location"].startswith("/login")
    assert (await owner.post(path)).status_code == 403
    assert await User.count().where(User.email == VICTIM) == 0
    assert (await outsider.post(path)).status_code == 303  # the control
    assert await User.count().where(User.email == VICTIM) == 1


@pytest.mark.parametrize("known", [False, True], ids=["unconfirmed", "confirmed"])
async def test_an_address_changed_away_is_kept_for_a_confirmed_owner_only(
    mallory: Member, client: httpx.AsyncClient, link_to: LinkTo, known: bool, now: Any
) -> None:
    if known:
        await db.execute('UPDATE "user" SET verified_at = $1', now)
    await mallory.post(ADDRESS, data={"email": "mallory@evil.example", "current": PASSWORD})
    await mallory.post(await link_to("mallory@evil.example", "/address/confirm/"))
    joined = {"name": "Vera", "email": VICTIM, "password": CHOSEN}
    assert (await client.post("/signup", data=joined)).status_code == (200 if known else 303)


@pytest.mark.parametrize("known", [False, True], ids=["unconfirmed", "confirmed"])
async def test_an_unconfirmed_account_does_not_keep_an_address_from_its_owner(
    mallory: Member, owner: Member, link_to: LinkTo, known: bool, now: Any, run_jobs: Any
) -> None:
    if known:
        await db.execute('UPDATE "user" SET verified_at = $1', now)
    await owner.post(ADDRESS, data={"email": VICTIM, "current": "correct horse 1"})
    if known:  # the control
        with pytest.raises(IndexError):
            await link_to(VICTIM, "/address/confirm/")
        return
    assert (await owner.post(await link_to(VICTIM, "/address/confirm/"))).status_code == 303
    whose = await db.fetch_value('SELECT id FROM "user" WHERE email = $1', VICTIM)
    assert whose == owner.viewer.user_id
    assert (await mallory.get("/console/account")).status_code == 303


async def test_a_change_of_address_takes_the_second_step(
    outsider: Member, now: Any, clock: Any, link_to: LinkTo
) -> None:
    phone = await make_two_factor(outsider.viewer, PASSWORD, now)
    asked = {"email": VICTIM, "current": PASSWORD}
    assert "one-time-code" in (await outsider.get("/console/account")).text
    for code in ({}, {"code": "000000"}):
        assert (await outsider.post(ADDRESS, data={**asked, **code})).status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM email_change") == 0
    right = {"code": phone.codes[0]}
    assert (await outsider.post(ADDRESS, data={**asked, **right})).status_code == 303
    assert await db.fetch_value("SELECT count(*) FROM email_change") == 1
