"""The auditor: a sound sale has no findings, every kind of damage is found, what is safe is mended and the rest is not."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core import db, jobs
from app.core.ids import new_id
from app.operations import invariants, reporting
from app.operations.checks import CHECKS
from app.operations.repairing import REPAIRS
from app.operations.wording import title_of
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.payments.gateway import get_gateway
from app.stock import holding
from tests.factories.orders import Sale, buy, make_sale, order_row
from tests.factories.stock import figures

LATER = timedelta(minutes=5)
CHECKED = {check.name for check in CHECKS}


async def found(now: datetime) -> set[str]:
    return {finding.check for finding in await invariants.inspect(now)}


async def paid(sale: Sale, now: datetime, stripe_account: Any, *quantities: int) -> UUID:
    """Buy, pay and complete an order; its mail waits in the queue."""
    placed = await buy(sale, now, *quantities, email=f"{new_id().hex}@example.com")
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    return placed.order_id


@pytest.fixture
async def sale(owner: Any, clock: Any, stripe_account: Any) -> Sale:
    return await make_sale(owner.viewer, clock.now(), quantity=9)


async def test_a_sale_with_everything_in_it_is_sound(
    sale: Sale, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    now = clock.now()
    whole = await paid(sale, now, stripe_account, 2)
    part = await paid(sale, now, stripe_account, 3)
    await buy(sale, now, email="waits@example.com")
    for order_id, amount in ((whole, 2000), (part, 1000)):
        await refund(
            order_id, amount, refund_id=new_id(), actor_id=None, restock=True, now=clock.now()
        )
    assert await figures(sale.stock_id) == (1, 2)
    assert await found(now) == set()
    await run_jobs()
    clock.advance(LATER)
    assert await found(clock.now()) == set()
    report = await invariants.keep(clock.now())
    assert (report.broken, report.repaired) == ((), ())


DAMAGE = {
    "held": "UPDATE stock SET held = held + 1",
    "sold": "UPDATE stock SET sold = sold + 1",
    "order-not-sold": "UPDATE hold SET state = 'released', ended_at = now() WHERE state = 'sold'",
    "order-without-payment": 'UPDATE "order" SET payment_intent = NULL WHERE completed_at IS NOT NULL',
    "order-completed-twice": """INSERT INTO order_event (id, created_at, order_id, kind)
        SELECT gen_random_uuid(), created_at, order_id, kind FROM order_event WHERE kind = 'completed'""",
    "payment-used-twice": """UPDATE "order" SET payment_intent = (
        SELECT min(payment_intent) FROM "order" WHERE payment_intent IS NOT NULL)""",
    "refund-uncounted": 'UPDATE "order" SET refunded_amount = 1 WHERE completed_at IS NOT NULL',
    "refund-unrecorded": "DELETE FROM order_event WHERE kind = 'refunded'",
    "refund-owed": """WITH late AS (UPDATE "order" SET state = 'expired' WHERE state = 'processing' RETURNING id)
        INSERT INTO order_event (id, created_at, order_id, kind) SELECT gen_random_uuid(), now(), id, 'paid_too_late' FROM late""",
    "message-given-up": "UPDATE message SET state = 'failed', sent_at = NULL, reason = 'no such address'",
    "delivery-gave-up": """WITH gone AS (DELETE FROM message)
        INSERT INTO pgqueuer (priority, entrypoint, payload, status, heartbeat, execute_after)
        SELECT 0, 'orders.completed', convert_to(json_build_object('data', json_build_object('order_id', id))::text, 'UTF8'),
          'failed', now(), now() FROM "order" WHERE state = 'partially_refunded'""",
    "transition-missing": """INSERT INTO page_transition (id, page_id, from_state, to_state, at, cause, recorded_at)
        SELECT gen_random_uuid(), id, 'paused', 'active', now(), 'hand', now() - interval '1 day' FROM page""",
}


@pytest.mark.parametrize("check", sorted(DAMAGE))
async def test_damage_that_no_repair_is_safe_for_is_reported(
    check: str, sale: Sale, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    order_id = await paid(sale, clock.now(), stripe_account, 2)
    await buy(sale, clock.now(), email="waits@example.com")
    await refund(order_id, 1000, refund_id=new_id(), actor_id=None, restock=True, now=clock.now())
    await run_jobs()
    assert await found(clock.now() + LATER) == set()
    await db.execute(DAMAGE[check])
    assert check in await found(clock.now() + LATER)
    report = await invariants.keep(clock.now() + LATER)
    assert check in {finding.check for finding in report.broken}
    assert title_of(check) != check


async def test_an_oversold_stock_is_reported(app: Any, sale: Sale, now: datetime) -> None:
    await db.execute("ALTER TABLE stock DROP CONSTRAINT stock_not_oversold")
    try:
        await db.execute("UPDATE stock SET sold = capacity + 1")
        assert "oversold" in await found(now)
    finally:
        await db.execute("UPDATE stock SET sold = 0")
        await db.execute(
            "ALTER TABLE stock ADD CONSTRAINT stock_not_oversold CHECK (held + sold <= capacity)"
        )


async def _overdue(sale: Sale, clock: Any, stripe: Any) -> None:
    """The lapse of a hold was lost with the queue."""
    await buy(sale, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(timedelta(minutes=20))


async def _miscounted(sale: Sale, clock: Any, stripe: Any) -> None:
    """Registrations are counted that are not there; the page sells, so there are none."""
    await db.execute(
        "INSERT INTO registration_count SELECT id, organization_id, 3 FROM page WHERE id = $1",
        sale.page_id,
    )


async def _lapsed_alone(sale: Sale, clock: Any, stripe: Any) -> None:
    """The hold lapsed, and the news for its order was lost."""
    placed = await buy(sale, clock.now())
    clock.advance(timedelta(minutes=15))
    await holding.lapse((await order_row(placed.order_id))["hold_id"], clock.now())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(LATER)


async def _unnoticed(sale: Sale, clock: Any, stripe: Any) -> None:
    placed = await buy(sale, clock.now())
    await stripe.pay((await order_row(placed.order_id))["stripe_session_id"])
    clock.advance(LATER)


async def _undelivered(sale: Sale, clock: Any, stripe: Any) -> None:
    await paid(sale, clock.now(), stripe)
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(LATER)


async def _unasked_refund(sale: Sale, clock: Any, stripe: Any) -> None:
    order_id = await paid(sale, clock.now(), stripe)
    await jobs.drain(clock.now())
    await stripe.switches(api="down")
    asked = await refund(
        order_id, 1000, refund_id=new_id(), actor_id=None, restock=False, now=clock.now()
    )
    assert asked == "requested"
    await stripe.switches(api="up")
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(timedelta(minutes=20))


async def _unprocessed(sale: Sale, clock: Any, stripe: Any) -> None:
    placed = await buy(sale, clock.now())
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await db.execute(
        "INSERT INTO stripe_event (id, type, payload, received_at) "
        "VALUES ('evt_lost', 'checkout.session.completed', $1::jsonb, $2)",
        json.dumps({"id": session_id}),
        clock.now(),
    )
    clock.advance(LATER)


async def _unsent(sale: Sale, clock: Any, stripe: Any) -> None:
    order_id = await paid(sale, clock.now(), stripe)
    await jobs.registry.handlers["orders.completed"]({"order_id": str(order_id)}, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(LATER)


async def _forgotten(sale: Sale, clock: Any, stripe: Any) -> None:
    await buy(sale, clock.now())
    await db.execute("UPDATE \"order\" SET state = 'expired'")
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(LATER)


LOSSES: dict[str, Callable[[Sale, Any, Any], Awaitable[None]]] = {
    "hold-overdue": _overdue,
    "hold-forgotten": _forgotten,
    "order-overdue": _lapsed_alone,
    "payment-unnoticed": _unnoticed,
    "order-undelivered": _undelivered,
    "registrations-miscounted": _miscounted,
    "refund-forgotten": _unasked_refund,
    "webhook-unprocessed": _unprocessed,
    "message-unsent": _unsent,
}


@pytest.mark.parametrize("check", sorted(LOSSES))
async def test_what_was_lost_is_made_up_for(
    check: str, sale: Sale, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    await LOSSES[check](sale, clock, stripe_account)
    looked = await invariants.look(clock.now())
    assert check in {finding.check for finding in looked.broken}
    report = await invariants.keep(clock.now())
    assert report.broken == ()
    assert check in {finding.check for finding in report.repaired}
    await run_jobs()
    clock.advance(LATER)
    again = await invariants.keep(clock.now())
    assert (again.broken, again.repaired) == ((), ())
    assert await db.fetch_value("SELECT count(*) FROM hold WHERE state = 'live'") == (
        1 if check == "webhook-unprocessed" else 0
    )
    assert title_of(check) != check


def test_every_check_has_its_test() -> None:
    assert CHECKED | {"payment-unnoticed"} == DAMAGE.keys() | LOSSES.keys() | {"oversold"}
    assert LOSSES.keys() == REPAIRS.keys()


async def test_stripe_away_is_no_finding_and_no_end(
    sale: Sale, clock: Any, stripe_account: Any
) -> None:
    await _unnoticed(sale, clock, stripe_account)
    await _overdue(sale, clock, stripe_account)
    await stripe_account.switches(api="down")
    report = await invariants.keep(clock.now())
    assert {finding.check for finding in report.repaired} >= {"hold-overdue"}
    await stripe_account.switches(api="up")
    assert (await invariants.keep(clock.now())).broken == ()


async def test_the_job_keeps_its_reports_for_a_month(
    app: Any, sale: Sale, clock: Any, stripe_account: Any
) -> None:
    await _overdue(sale, clock, stripe_account)
    assert "operations.keep_invariants" in jobs.registry.schedules
    keep = jobs.registry.handlers["operations.keep_invariants"]
    await keep({}, clock.now())
    report = await reporting.latest()
    assert report is not None
    assert [finding.check for finding in report.repaired if finding.check == "hold-overdue"]
    assert await reporting.repaired_since(clock.now()) == len(report.repaired)
    clock.advance(reporting.KEPT + timedelta(seconds=1))
    await keep({}, clock.now())
    assert await db.fetch_value("SELECT count(*) FROM invariant_report") == 1
