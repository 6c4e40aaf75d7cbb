"""Members hear of sales, refunds, disputes and registrations: once each, few mails, as they chose."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.core import db
from app.core.ids import new_id
from app.notices.noting import add_notice
from app.notices.telling import Waiting, is_due, tell_waiting
from app.orders.disputing import close_dispute, open_dispute
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.payments.gateway import get_gateway
from tests.conftest import Member
from tests.factories.auth import make_colleague
from tests.factories.orders import buy, make_sale, order_row
from tests.factories.registrations import make_registration
from tests.factories.types import make_event

URL = "/console/account/notices"
ALL = {"sale": "on", "refund": "on", "registration": "on", "dispute": "on"}


async def mails() -> list[Any]:
    return list(
        await db.fetch(
            "SELECT recipient, subject, text, list_id FROM message WHERE name = 'activity-notice' ORDER BY created_at, id"
        )
    )


async def note_sale(group_id: UUID, now: datetime, subject: UUID | None = None) -> int:
    order = subject or new_id()
    return await add_notice(
        "sale", f"sale:{order}", group_id, order, "Prints", now, amount=2000, currency="EUR"
    )


async def test_a_rush_is_one_mail_and_then_one_a_window(owner: Member, clock: Any) -> None:
    group = owner.viewer.group_id
    for _sale in range(200):
        await note_sale(group, clock.now())
    assert await tell_waiting(clock.now()) == 1
    for _sale in range(3):
        await note_sale(group, clock.now())
    assert await tell_waiting(clock.now()) == 0, "the window is not over"
    clock.advance(timedelta(minutes=15))
    assert await tell_waiting(clock.now()) == 1
    first, second = await mails()
    assert "200 sales" in first["subject"]
    assert "And 190 more" in first["text"]
    assert "€20.00" in first["text"]
    assert "3 sales" in second["subject"]


async def test_one_event_is_told_once_however_often_it_is_noted(owner: Member, now: Any) -> None:
    order = new_id()
    assert await note_sale(owner.viewer.group_id, now, order) == 1
    assert await note_sale(owner.viewer.group_id, now, order) == 0
    assert await tell_waiting(now) == 1
    assert await note_sale(owner.viewer.group_id, now, order) == 0
    assert await tell_waiting(now + timedelta(hours=1)) == 0


async def test_only_confirmed_members_who_may_see_orders_are_told(
    owner: Member, outsider: Member, now: Any
) -> None:
    group = owner.viewer.group_id
    await make_colleague(owner.viewer, email="vi@example.com", roles=("viewer",), now=now)
    await make_colleague(owner.viewer, email="vera@example.com", roles=("volunteer",), now=now)
    eve = await make_colleague(owner.viewer, email="eve@example.com", roles=("editor",), now=now)
    await db.execute('UPDATE "user" SET verified_at = NULL WHERE id = $1', eve.user_id)
    await note_sale(group, now)
    await tell_waiting(now)
    told = {mail["recipient"] for mail in await mails()}
    assert told == {"olivia@example.com", "vi@example.com"}


async def test_a_kind_that_is_off_is_not_told(owner: Member, now: Any) -> None:
    chosen = {key: value for key, value in ALL.items() if key != "sale"}
    assert (await owner.post(URL, data=chosen)).status_code == 303
    shown = (await owner.get(URL)).text
    assert shown.count("checked") == 3
    assert await note_sale(owner.viewer.group_id, now) == 0
    await add_notice("refund", "refund:1", owner.viewer.group_id, new_id(), "Prints", now)
    assert await tell_waiting(now) == 1


async def test_one_click_ends_them_and_the_settings_bring_them_back(
    owner: Member, client: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    await note_sale(owner.viewer.group_id, now)
    await tell_waiting(now)
    [queued] = await mails()
    assert queued["list_id"] == owner.viewer.user_id
    [link] = [word for word in queued["text"].split() if "/unsubscribe/" in word]
    assert (await client.post(link, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert "checked" not in (await owner.get(URL)).text
    await note_sale(owner.viewer.group_id, now)
    await tell_waiting(now + timedelta(hours=1))
    await run_jobs()
    skipped = await db.fetch_value("SELECT count(*) FROM message WHERE state = 'skipped'")
    assert skipped >= 1
    await owner.post(URL, data=ALL)
    assert (await owner.get(URL)).text.count("checked") == 4


def test_a_daily_mail_leaves_at_eight_in_the_members_zone() -> None:
    noted = datetime(2026, 12, 1, 20, tzinfo=UTC)
    waiting = Waiting(new_id(), noted, None)
    early, late = (datetime(2026, 12, 2, *at, tzinfo=UTC) for at in ((6, 59), (7, 0)))
    assert not is_due(waiting, "Europe/Berlin", early, daily=True)
    assert is_due(waiting, "Europe/Berlin", late, daily=True)
    assert not is_due(waiting, "", late, daily=True), "eight in UTC where no zone is known"
    assert is_due(waiting, "Europe/Berlin", early, daily=False)


async def test_a_registration_is_told_without_saying_who(
    owner: Member, clock: Any, client: Any, run_jobs: Any
) -> None:
    from app.core import jobs
    from app.registrations.registering import CONFIRMED_JOB

    event = await make_event(owner.viewer, now=clock.now(), title="Rowing day")
    ann = await make_registration(event, clock.now(), "ann@example.com", name="Ann Lee")
    for _twice in range(2):
        await jobs.enqueue(CONFIRMED_JOB, {"registration_id": ann.id})
        await run_jobs()
    await tell_waiting(clock.now())
    [mail] = await mails()
    assert "1 registration" in mail["subject"]
    assert "Rowing day" in mail["text"]
    assert "ann" not in mail["text"].lower()


async def test_a_sale_a_refund_and_a_dispute_are_told(
    owner: Member, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now(), 2)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), clock.now())
    await refund(
        placed.order_id, 500, refund_id=new_id(), actor_id=None, restock=False, now=clock.now()
    )
    intent = (await order_row(placed.order_id))["payment_intent"]
    assert await open_dispute(intent, "dp_1", clock.now())
    assert await close_dispute(intent, "dp_1", True, clock.now())
    assert not await close_dispute(intent, "dp_1", True, clock.now())
    clock.advance(timedelta(seconds=1))
    await run_jobs()
    kinds = await db.fetch("SELECT kind, amount FROM notice ORDER BY kind, key")
    assert [(row["kind"], row["amount"]) for row in kinds] == [
        ("dispute", 2000),
        ("dispute", 2000),
        ("refund", 500),
        ("sale", 2000),
    ]


async def test_free_orders_are_told_and_cost_their_buyer_nothing_more(
    owner: Member, clock: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now(), prices=(0,))
    await buy(sale, clock.now())
    assert await db.fetch_value("SELECT count(*) FROM notice") == 0, "the request wrote none"
    await run_jobs()
    assert await db.fetch_value("SELECT count(*) FROM notice WHERE kind = 'sale'") == 1
