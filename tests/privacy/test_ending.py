"""The end of an account: proven, announced, taken back or carried out; after it nobody in the house knows who it was.

"Nobody" is looked for in every column of every table, in the bucket and in the inbox, with a control before.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.auth.passwords import NO_PASSWORD
from app.auth.sessions import start_session
from app.core import db
from app.core.settings import get_settings
from app.operations import invariants
from app.pages import loading
from app.pages.collecting import collection_of
from app.privacy import ending, erasing
from app.privacy.jobs import close_overdue
from app.products.importing import import_file
from app.products.kinds import FileKind
from app.receipts.giving import belongs_to, receipt_of
from app.registrations.erasing import erase
from app.storage.objects import get_store
from tests.conftest import Member, member_of
from tests.factories.auth import PASSWORD, make_colleague, make_owner
from tests.factories.codes import make_code
from tests.factories.deliveries import make_sold
from tests.factories.links import share
from tests.factories.orders import Sale, buy
from tests.factories.pages import make_page
from tests.factories.products import make_product, picture
from tests.factories.registrations import make_registration
from tests.factories.subscriptions import subscribe
from tests.factories.teams import make_invitation
from tests.factories.two_factor import make_two_factor
from tests.factories.types import make_event
from tests.fuzz.attacking import form_body
from tests.fuzz.nasties import ALL

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HOME, DATA = "/console/account/erasure", "/console/account/data"
EMAIL, NAME, IP = "quilla.vane@example.com", "Quilla Vane", "203.0.113.199"
BUYER, GUEST = "bruno.buyer@example.com", "gerda.guest@example.com"
DAY = timedelta(days=1)


@pytest.fixture
async def quilla(app: Any, clock: Any) -> AsyncIterator[Member]:
    """Somebody with a name of her own, logged in from an address of her own."""
    viewer = await make_owner(email=EMAIL, password=PASSWORD, name=NAME, now=clock.now())
    async with await member_of(app, clock.now(), viewer) as member:
        await start_session(viewer.user_id, clock.now(), ip=IP, user_agent="Firefox")
        yield member


def typed(**values: str) -> dict[str, str]:
    return {"password": PASSWORD, "confirmation": EMAIL, **values}


async def keys(folder: str) -> list[str]:
    return await get_store().keys_under(folder)


async def user(user_id: UUID) -> Any:
    return await db.fetch_one('SELECT * FROM "user" WHERE id = $1', user_id)


async def everything(quilla: Any, now: Any, stripe_account: Any) -> dict[str, Any]:
    """Give her pages with all that can be on them, buyers, guests, a plan, a team's traces, and files."""
    viewer = quilla.viewer
    product = await make_product(viewer, now=now, name="Vane's guide")
    await import_file(product, "cover.jpg", picture(), now, kind=FileKind.COVER)
    page = await make_page(viewer, now=now, products=[product], title=f"{NAME}'s sale")
    event = await make_event(viewer, now=now, title=f"An evening with {NAME}", capacity=1)
    later = await make_page(viewer, now=now, launch_at=now + DAY, expires_at=now + 2 * DAY)
    await make_registration(event, now, GUEST, name="Gerda Guest")
    await make_registration(event, now, "waits@example.com")
    sold = await make_sold(viewer, now, email=BUYER, page_title=f"{NAME}'s sale")
    await db.execute(
        "INSERT INTO download_attempt (id, created_at, order_id, outcome, ip, user_agent) "
        "VALUES (gen_random_uuid(), $1, $2, 'started', '198.51.100.44', 'x')",
        *(now, sold.id),
    )
    await share(page, now, "news")
    await make_code(viewer, now, pages=[page.id])
    await make_invitation(viewer, now, "invited@example.com")
    await subscribe(viewer, stripe_account, now, "premium")
    await db.execute(
        "INSERT INTO stripe_event (id, type, payload, received_at, processed_at) VALUES ('evt_q', 'x', $2::jsonb, $1, $1)",
        *(now, f'{{"email": "{EMAIL}"}}'),
    )
    await db.execute(
        "INSERT INTO staff_action (id, at, user_id, email, kind, details) "
        "VALUES (gen_random_uuid(), $1, $2, $3, 'searched', $4::jsonb)",
        *(now, viewer.user_id, EMAIL, f'{{"email": "{EMAIL}"}}'),
    )
    await quilla.post(f"{DATA}/exports")
    return {"page": page, "event": event, "later": later, "sold": sold, "product": product}


async def test_after_the_end_nobody_knows_who_it_was(
    quilla: Any,
    outsider: Any,
    client: Any,
    clock: Any,
    stripe_account: Any,
    run_jobs: Any,
    inbox: Any,
    scan: Any,
) -> None:
    made = await everything(quilla, clock.now(), stripe_account)
    viewer = quilla.viewer
    # Somebody else's things that only name her: theirs stay, without her.
    other = await make_event(outsider.viewer, now=clock.now())
    hers = await make_registration(other, clock.now(), EMAIL, name="Q.")
    await run_jobs()
    folder = f"users/{viewer.user_id}/"
    assert len(await keys(folder)) >= 4  # originals, the cover and its pictures, the export
    control = {"user", "session", "message", "security_log", "stripe_event", "staff_action"}
    assert control <= {*await scan(EMAIL), *await scan(IP)}
    assert await scan(NAME) and await scan(BUYER) and await scan(GUEST)

    shown = (await quilla.get(HOME)).text
    assert "are open or about to open" in shown
    assert "Premium" in shown and "Are you sure?" in shown
    answer = await quilla.post(HOME, data=typed())
    assert (answer.status_code, answer.headers["location"]) == (303, DATA)
    assert "about to end" in (await quilla.get(DATA)).text
    assert (await quilla.get(HOME)).status_code == 303
    clock.advance(7 * DAY)
    await run_jobs()
    clock.advance(timedelta(minutes=11))
    await run_jobs()
    await run_jobs()

    row = await db.fetch_one("SELECT * FROM account_erasure")
    assert row and row["state"] == "erased"
    # What she registered for elsewhere is not ours to erase; she does that by its own link.
    assert await scan(EMAIL) == ["message", "registration"]
    await erase(await collection_of(other.id, clock.now()), hers.id, clock.now())
    for known in (EMAIL, NAME, IP, BUYER, GUEST, "198.51.100.44", "waits@example.com", "invited@"):
        assert await scan(known) == [], known
    assert await keys(folder) == []
    for one in ("page", "event", "later"):
        assert (await client.get(f"/p/{made[one].short_id}")).status_code == 410
        assert (await loading.by_id(made[one].id)).title == "\u2013"
    order = await db.fetch_one('SELECT * FROM "order" WHERE id = $1', made["sold"].id)
    assert order and (order["email"], order["amount"]) == ("", 1299)
    assert await db.fetch_value("SELECT title FROM order_line WHERE order_id = $1", order["id"])
    assert not await invariants.inspect(clock.now())
    subscription = await db.fetch_one("SELECT * FROM subscription")
    assert subscription and subscription["ended_at"] is not None

    mails = await inbox(EMAIL)
    (receipt,) = [one for one in mails if "receipt" in one["subject"]]
    number = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt["subject"])
    assert number and await belongs_to(number[0], EMAIL)
    found = await receipt_of(number[0])
    assert found and found.details["registrations"] == 2 and found.details["orders"] == 1
    assert "7 years" in receipt["text"] and "without who bought it" in receipt["text"]
    assert f"/privacy/receipts/{number[0]}" in receipt["text"]
    assert (await client.get(f"/privacy/receipts/{number[0]}")).status_code == 200

    login = await client.post("/login", data={"email": EMAIL, "password": PASSWORD})
    assert login.status_code == 422
    assert (await quilla.get("/console/pages")).headers["location"].startswith("/login")
    again = await client.post(
        "/signup", data={"email": EMAIL, "password": "a fresh start 7", "name": "Q"}
    )
    assert again.status_code == 303  # the address is free for a new account


async def test_a_member_goes_and_their_work_stays(
    quilla: Any, clock: Any, app: Any, run_jobs: Any, scan: Any
) -> None:
    now = clock.now()
    carl = await make_colleague(
        quilla.viewer, email="carl.crest@example.com", roles=("editor",), now=now, name="Carl Crest"
    )
    page = await make_page(carl, now=now, title="His page")
    sold = await make_sold(carl, now, email=BUYER)
    async with await member_of(app, now, carl) as member:
        shown = (await member.get(HOME)).text
        assert (
            "stays there, without your name" in shown
            and "order" not in shown.split("What stays")[1]
        )
        data = {"password": PASSWORD, "confirmation": "CARL.crest@example.com"}
        assert (await member.post(HOME, data=data)).status_code == 303
    clock.advance(7 * DAY)
    await run_jobs()
    await run_jobs()
    assert await scan("carl.crest@example.com") == [] and await scan("Carl Crest") == []
    assert (await loading.by_id(page.id)).title == "His page"
    order = await db.fetch_one('SELECT email FROM "order" WHERE id = $1', sold.id)
    assert order and order["email"] == BUYER
    assert len(await keys(f"users/{carl.user_id}/products/")) == 2
    row = await user(carl.user_id)
    assert row["organization_id"] != quilla.viewer.organization_id
    team = (await quilla.get("/console/team")).text
    assert "Carl" not in team and "erased.invalid" not in team
    assert (await quilla.get(f"/console/pages/{page.id}")).status_code == 200


async def test_an_owner_with_others_hands_over_first(
    quilla: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    now = clock.now()
    await make_colleague(quilla.viewer, email="c1@example.com", now=now)
    assert "Hand it over first" in (await quilla.get(HOME)).text
    refused = await quilla.post(HOME, data=typed())
    assert refused.status_code == 409 and "Hand it over first" in refused.text
    assert await db.fetch_value("SELECT count(*) FROM account_erasure") == 0
    # Somebody may come after it was asked for.
    await db.execute("""DELETE FROM "user" WHERE email = 'c1@example.com'""")
    await quilla.post(HOME, data=typed())
    await make_colleague(quilla.viewer, email="c2@example.com", now=now)
    clock.advance(7 * DAY)
    await run_jobs()
    await run_jobs()
    row = await db.fetch_one("SELECT state, reason FROM account_erasure")
    assert row and (row["state"], row["reason"]) == ("cancelled", "team")
    assert (await user(quilla.viewer.user_id))["email"] == EMAIL
    assert any("Your account is kept" in one["subject"] for one in await inbox(EMAIL))


async def test_every_proof_is_asked_for(quilla: Any, now: Any) -> None:
    for wrong, words in (
        (typed(password="not hers at all"), "That is not your present password."),
        (typed(confirmation="another@example.com"), "Please type the address of this account."),
        (typed(confirmation=""), "Please fill this in."),
    ):
        answer = await quilla.post(HOME, data=wrong)
        assert answer.status_code == 422 and words in answer.text
    phone = await make_two_factor(quilla.viewer, PASSWORD, now)
    assert "authenticator app" in (await quilla.get(HOME)).text
    for code in ("", "000000"):
        answer = await quilla.post(HOME, data=typed(code=code))
        assert answer.status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM account_erasure") == 0
    answer = await quilla.post(HOME, data=typed(code=phone.code(now + timedelta(seconds=30))))
    assert answer.status_code == 303, answer.text
    assert await db.fetch_value("SELECT count(*) FROM account_erasure") == 1


async def test_it_can_be_taken_back_by_the_link_and_in_the_console(
    quilla: Any, outsider: Any, client: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    await quilla.post(HOME, data=typed())
    await quilla.post(HOME, data=typed())  # once is enough
    assert await db.fetch_value("SELECT count(*) FROM account_erasure") == 1
    await run_jobs()
    (mail,) = [one for one in await inbox(EMAIL) if "about to end" in one["subject"]]
    link = re.search(r"/account/erasure/\S+", mail["text"])
    assert link
    assert "Keep your account?" in (await client.get(link[0])).text
    assert (await client.post(link[0])).headers["location"] == "/login"
    assert (await client.post(link[0])).status_code == 410
    assert (await client.get(link[0] + "x")).status_code == 403
    await quilla.post(HOME, data=typed())
    await outsider.post(f"{HOME}/cancellation")  # hers, not this one's
    assert await db.fetch_value("SELECT count(*) FROM account_erasure WHERE state = 'asked'") == 1
    await quilla.post(f"{HOME}/cancellation")
    clock.advance(8 * DAY)
    await run_jobs()
    assert (await user(quilla.viewer.user_id))["email"] == EMAIL
    states = await db.fetch("SELECT state FROM account_erasure")
    assert [row["state"] for row in states] == ["cancelled", "cancelled"]
    kinds = {row["kind"] for row in await db.fetch("SELECT kind FROM security_log")}
    assert {"erasure-asked", "erasure-cancelled"} <= kinds


async def test_an_open_checkout_is_waited_for(
    quilla: Any, clock: Any, run_jobs: Any, stripe_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "erasure_grace_days", 0)
    page = await make_page(quilla.viewer, now=clock.now())
    sale = Sale(page.id, page.short_id, UUID(int=0), tuple(c.id for c in page.contents))
    await buy(sale, clock.now(), 1, email=BUYER)
    answer = await quilla.post(HOME, data=typed())
    assert answer.headers["location"] == "/login"
    await run_jobs()
    row = await db.fetch_one("SELECT state FROM account_erasure")
    assert row and row["state"] == "closing"
    assert (await loading.by_id(page.id)).title != "\u2013"
    assert await db.fetch_value('SELECT email FROM "order"') == BUYER
    for _again in range(2):  # the hold lapses, and it is looked at again
        clock.advance(timedelta(minutes=45))
        await run_jobs()
    row = await db.fetch_one("SELECT state FROM account_erasure")
    assert row and row["state"] == "erased"
    assert await db.fetch_value('SELECT email FROM "order"') == ""


async def test_a_lost_job_is_made_up_for(quilla: Any, clock: Any) -> None:
    await quilla.post(HOME, data=typed())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(7 * DAY)
    await close_overdue({}, clock.now())
    assert await db.fetch_value("SELECT state FROM account_erasure") == "asked"
    clock.advance(timedelta(hours=2))
    await close_overdue({}, clock.now())
    assert await db.fetch_value("SELECT state FROM account_erasure") == "erased"
    assert await ending.overdue(clock.now()) == []


async def test_a_closed_account_gets_no_new_password(
    quilla: Any, client: Any, clock: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quilla.post(HOME, data=typed())
    erasure = await ending.open_erasure(quilla.viewer.user_id)
    assert erasure
    clock.advance(7 * DAY)
    await erasing.close(erasure.id, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    await client.post("/forgot", data={"email": EMAIL})
    await run_jobs()
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name = 'reset-password'") == 0
    for guess in (PASSWORD, "!", "nobody's password"):
        login = await client.post("/login", data={"email": EMAIL, "password": guess})
        assert login.status_code in (422, 429)


async def test_of_keeping_and_closing_at_once_one_holds(quilla: Any, clock: Any) -> None:
    """And two workers that finish at once give one receipt."""
    for _time in range(4):
        erasure = await ending.ask(quilla.viewer, PASSWORD, "", EMAIL, clock.now())
        clock.advance(7 * DAY)
        now = clock.now()
        kept, _closed = await asyncio.gather(
            ending.keep(erasure, now), erasing.close(erasure.id, now)
        )
        found = await ending.erasure_of(erasure.id)
        assert found and found.state == ("cancelled" if kept else "closing")
        shut = (await user(quilla.viewer.user_id))["password_hash"] == NO_PASSWORD
        assert shut is not kept
        if not kept:
            break
    else:
        erasure = await ending.ask(quilla.viewer, PASSWORD, "", EMAIL, clock.now())
        clock.advance(7 * DAY)
        await erasing.close(erasure.id, clock.now())
    await asyncio.gather(*(erasing.finish(erasure.id, clock.now()) for _worker in range(3)))
    assert await db.fetch_value("SELECT count(*) FROM erasure_receipt") == 1
    assert (
        await db.fetch_value("SELECT state FROM account_erasure ORDER BY asked_at DESC") == "erased"
    )


async def test_nothing_that_is_typed_breaks_it(
    quilla: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", False)
    for number, nasty in enumerate(ALL):
        field = ("code", "confirmation", "unknown")[number % 3]
        pairs = [*{**typed(password="no"), field: nasty}.items()]
        answer = await quilla.post(HOME, content=form_body(pairs), headers=FORM)
        assert answer.status_code in (400, 413, 422), (field, nasty)
    assert await db.fetch_value("SELECT count(*) FROM account_erasure") == 0
