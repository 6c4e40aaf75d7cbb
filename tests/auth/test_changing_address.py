"""Another address: with the password, confirmed from the new mailbox, undone from the old one, and telling nobody who is
here."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from app.core import db
from app.core.clock import ManualClock
from app.core.settings import get_settings
from tests.conftest import Inbox, Member
from tests.support.aliases import RunJobs

HTMX = {"HX-Request": "true"}
ACCOUNT, URL = "/console/account", "/console/account/address"
OLD, PASSWORD = "olivia@example.com", "correct horse 1"
NEW = "olivia.new@example.org"
ASK = {"email": NEW, "current": PASSWORD}

LinkTo = Callable[[str, str], Awaitable[str]]


@pytest.fixture
def link_to(run_jobs: RunJobs, inbox: Inbox) -> LinkTo:
    """Return the path of the newest link with a part that was mailed to an address."""

    async def find(address: str, part: str) -> str:
        await run_jobs()
        links = [link for mail in await inbox(address) for link in mail["links"] if part in link]
        return httpx.URL(links[0]).path

    return find


async def address() -> str:
    return await db.fetch_value('SELECT email FROM "user" ORDER BY created_at, id LIMIT 1')


async def test_it_holds_once_the_new_mailbox_says_so(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo, inbox: Inbox
) -> None:
    asked = await owner.post(URL, data=ASK)
    assert asked.headers["location"] == ACCOUNT
    assert await address() == OLD
    waiting = (await owner.get(ACCOUNT)).text
    assert f"Waiting for {NEW}" in waiting
    path = await link_to(NEW, "/address/confirm/")
    shown = await client.get(path)
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert NEW in shown.text
    assert await address() == OLD  # a mail program that opens links changes nothing
    # Whoever opens the mail elsewhere logs in first: else it might be a stranger's account that gets the address.
    assert (await client.post(path)).headers["location"].startswith("/login")
    assert await address() == OLD
    assert (await owner.post(path)).status_code == 303
    assert (await owner.post(path)).status_code == 303
    assert await address() == NEW
    assert "You log in with olivia.new@example.org now." in (await client.get(path)).text
    # Her session goes on, with the new address, which is confirmed by the link.
    later = (await owner.get(ACCOUNT)).text
    assert "Address confirmed" in later
    assert "Waiting for" not in later
    await link_to(OLD, "/address/undo/")
    subjects = [mail["subject"] for mail in await inbox(OLD)]
    assert subjects.count("Your address is about to change") == 1
    assert subjects.count("Your address was changed") == 1
    login = {"email": NEW, "password": PASSWORD}
    assert (await client.post("/login", data={**login, "email": OLD})).status_code == 422
    assert (await client.post("/login", data=login)).status_code == 303


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_what_is_wrong_stands_beside_its_field(
    owner: Member, headers: dict[str, str]
) -> None:
    for field, value in (
        ("email", "nope"),
        ("email", ""),
        ("email", OLD.upper()),
        ("current", "a guess it is"),
    ):
        answer = await owner.post(URL, data={**ASK, field: value}, headers=headers)
        assert answer.status_code == 422
        assert f'id="f-{field}-error"' in answer.text
        assert PASSWORD not in answer.text
    assert await db.fetch_value("SELECT count(*) FROM email_change") == 0
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name LIKE 'address-%'") == 0


async def test_an_address_that_is_taken_looks_like_any_other(
    owner: Member, outsider: Member, link_to: LinkTo, run_jobs: RunJobs, inbox: Inbox
) -> None:
    free = await owner.post(URL, data=ASK, headers=HTMX)
    taken = await owner.post(URL, data={**ASK, "email": "Mallory@example.com"}, headers=HTMX)
    assert taken.status_code == free.status_code == 200
    assert taken.text.replace("Mallory@example.com", NEW) == free.text
    await run_jobs()
    mails = await inbox("Mallory@example.com")
    assert [m["subject"] for m in mails if m["subject"].startswith("This")] == [
        "This address has an account already"
    ]
    assert not [link for mail in mails for link in mail["links"] if "/address/confirm/" in link]
    assert OLD not in mails[0]["text"]


async def test_an_address_taken_meanwhile_is_not_taken_twice(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo
) -> None:
    await owner.post(URL, data=ASK)
    path = await link_to(NEW, "/address/confirm/")
    await db.execute("UPDATE \"user\" SET email = 'someone@example.com' WHERE email <> $1", OLD)
    joined = {"name": "Nia", "email": NEW.upper(), "password": "eleven pages"}
    assert (await client.post("/signup", data=joined)).status_code == 303
    await db.execute('UPDATE "user" SET verified_at = created_at')
    refused = await owner.post(path)
    assert refused.status_code == 409
    assert "belongs to another account" in refused.text
    assert await address() == OLD


async def test_asking_again_replaces_and_giving_up_ends(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo
) -> None:
    await owner.post(URL, data=ASK)
    first = await link_to(NEW, "/address/confirm/")
    await owner.post(URL, data={**ASK, "email": "third@example.org"})
    second = await link_to("third@example.org", "/address/confirm/")
    assert (await client.post(first)).status_code == 410
    swapped = await owner.post(f"{URL}/cancellation", headers=HTMX)
    assert swapped.text.lstrip().startswith('<section id="account-address"')
    assert "Waiting for" not in swapped.text
    assert (await client.get(second)).status_code == 410
    assert (await owner.post(f"{URL}/cancellation")).status_code == 303
    assert await address() == OLD


@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_old_mailbox_takes_the_account_back(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo, when: str
) -> None:
    """Somebody has her session and her password; she has her old mailbox."""
    await owner.post(URL, data=ASK)
    if when == "after":
        assert (await owner.post(await link_to(NEW, "/address/confirm/"))).status_code == 303
        # The thief goes on to a third address: one link undoes it all.
        undo = await link_to(OLD, "/address/undo/")
        await owner.post(URL, data={**ASK, "email": "third@example.org"})
        assert (
            await owner.post(await link_to("third@example.org", "/address/confirm/"))
        ).status_code == 303
        assert await address() == "third@example.org"
    else:
        undo = await link_to(OLD, "/address/undo/")
    assert OLD in (await client.get(undo)).text
    done = await client.post(undo)
    assert done.status_code == 303
    assert done.headers["location"].startswith("/reset/")
    assert await address() == OLD
    assert (await owner.get(ACCOUNT)).status_code == 303
    choose = await client.post(done.headers["location"], data={"password": "an entirely new one"})
    assert choose.headers["location"].startswith("/console")
    assert (await client.get(ACCOUNT)).status_code == 200
    assert (await client.post(undo)).status_code == 410
    assert (await owner.post(await link_to(NEW, "/address/confirm/"))).status_code == 410
    assert await db.fetch_value("SELECT count(*) FROM email_change WHERE undone_at IS NULL AND "
                                "confirmed_at IS NOT NULL") == 0  # fmt: skip


async def test_the_way_back_is_kept_free_for_its_days(
    owner: Member, client: httpx.AsyncClient, outsider: Member, link_to: LinkTo,
    clock: ManualClock, inbox: Inbox, run_jobs: RunJobs,
) -> None:  # fmt: skip
    await owner.post(URL, data=ASK)
    await owner.post(await link_to(NEW, "/address/confirm/"))
    undo = await link_to(OLD, "/address/undo/")
    joined = {"name": "Nia", "email": OLD, "password": "eleven pages"}
    turned_away = await client.post("/signup", data=joined)
    assert "Check your mail" in turned_away.text
    grab = {"email": OLD, "current": "correct horse 2"}
    assert (await outsider.post(URL, data=grab)).status_code == 303
    await run_jobs()
    subjects = [mail["subject"] for mail in await inbox(OLD)]
    assert "This address can't be used yet" in subjects
    assert "This address has an account already" in subjects
    # Herself she may go back any time.
    clock.advance(timedelta(days=get_settings().address_undo_days))
    assert (await client.get(undo)).status_code == 410
    assert (await client.post("/signup", data=joined)).status_code == 303


async def test_she_may_go_back_by_herself(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo
) -> None:
    await owner.post(URL, data=ASK)
    await owner.post(await link_to(NEW, "/address/confirm/"))
    await owner.post(URL, data={**ASK, "email": OLD})
    assert (await owner.post(await link_to(OLD, "/address/confirm/"))).status_code == 303
    assert await address() == OLD


async def test_an_unconfirmed_old_address_has_no_say(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo, inbox: Inbox
) -> None:
    """It may be a stranger's, mistyped at signing up."""
    await db.execute('UPDATE "user" SET verified_at = NULL')
    await owner.post(URL, data=ASK)
    await owner.post(await link_to(NEW, "/address/confirm/"))
    assert await address() == NEW
    assert [mail for mail in await inbox(OLD) if "address" in mail["subject"].lower()] == []


async def test_a_new_password_ends_what_waits(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo
) -> None:
    await owner.post(URL, data=ASK)
    path = await link_to(NEW, "/address/confirm/")
    change = {"current": PASSWORD, "password": "a much better one"}
    await owner.post("/console/account/password", data=change)
    assert (await client.post(path)).status_code == 410


async def test_links_grow_old_and_can_not_be_changed(
    owner: Member, client: httpx.AsyncClient, link_to: LinkTo, clock: ManualClock
) -> None:
    await owner.post(URL, data=ASK)
    confirm, undo = await link_to(NEW, "/address/confirm/"), await link_to(OLD, "/address/undo/")
    swapped = confirm.replace("/confirm/", "/undo/"), undo.replace("/undo/", "/confirm/")
    for path in ("/address/confirm/nonsense", "/address/undo/nonsense", *swapped):
        assert (await client.get(path)).status_code == 403
        assert (await client.post(path)).status_code == 403
    clock.advance(timedelta(hours=get_settings().address_change_hours))
    for path in (confirm, undo):
        assert (await client.post(path)).status_code == 410
    assert await address() == OLD


async def test_nobody_changes_anybody_elses(owner: Member, outsider: Member) -> None:
    await owner.post(URL, data=ASK)
    assert NEW not in (await outsider.get(ACCOUNT)).text
    assert (await outsider.post(f"{URL}/cancellation")).status_code == 303
    assert f"Waiting for {NEW}" in (await owner.get(ACCOUNT)).text


async def test_asking_is_bounded(owner: Member) -> None:
    for number in range(5):
        sent = {**ASK, "email": f"olivia{number}@example.org"}
        assert (await owner.post(URL, data=sent)).status_code == 303
    assert (await owner.post(URL, data=ASK)).status_code == 429
