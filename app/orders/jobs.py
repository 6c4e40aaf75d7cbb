"""Jobs of orders, and what Stripe's events mean for them. Each names one domain function."""

import contextlib
from datetime import datetime
from uuid import UUID

from app.core import jobs
from app.core.ids import parse_id
from app.orders import disputing, emails, paying, reconciling, refunding, seller_notices, settling
from app.orders.fulfilling import complete
from app.orders.queries import order_of
from app.payments import inbox
from app.payments.gateway import Event, PaymentRejected, UnknownSession, get_gateway


@jobs.job("orders.hold_lapsed")
async def hold_lapsed(payload: jobs.Payload, now: datetime) -> None:
    await paying.lapsed(UUID(payload["hold_id"]), now)


@jobs.job("orders.close_session")
async def close_session(payload: jobs.Payload, now: datetime) -> None:
    await reconciling.close_session(UUID(payload["order_id"]), now)


@jobs.job("orders.give_back")
async def give_back(payload: jobs.Payload, now: datetime) -> None:
    try:
        await refunding.carry_out(UUID(payload["refund_id"]), now)
    except PaymentRejected:
        # Noted as failed in the order's history; asking again would be refused again.
        return


@jobs.job("orders.take_over_refunds")
async def take_over_refunds(payload: jobs.Payload, now: datetime) -> None:
    await settling.synchronize(payload["payment_intent"], now)


@jobs.job("orders.completed")
async def completed(payload: jobs.Payload, now: datetime) -> None:
    if order := await order_of(UUID(payload["order_id"])):
        await emails.send_completed(order, now)
        await seller_notices.note_sale(order, now)


@jobs.job("orders.submitted")
async def submitted(payload: jobs.Payload, now: datetime) -> None:
    if order := await order_of(UUID(payload["order_id"])):
        await emails.send_submitted(order, now)


@jobs.job("orders.payment_failed")
async def payment_failed(payload: jobs.Payload, now: datetime) -> None:
    if order := await order_of(UUID(payload["order_id"])):
        await emails.send_payment_failed(order, now)


@jobs.job("orders.refunded")
async def refunded(payload: jobs.Payload, now: datetime) -> None:
    if order := await order_of(UUID(payload["order_id"])):
        await emails.send_refunded(order, payload["amount"], payload["refund_id"], now)
        await seller_notices.note_refund(order, payload["refund_id"], payload["amount"], now)


@jobs.job("orders.disputed")
async def disputed(payload: jobs.Payload, now: datetime) -> None:
    if order := await order_of(UUID(payload["order_id"])):
        await seller_notices.note_dispute(order, payload["dispute_id"], now)


@jobs.job("orders.dispute_closed")
async def dispute_decided(payload: jobs.Payload, now: datetime) -> None:
    if order := await order_of(UUID(payload["order_id"])):
        won, dispute_id = bool(payload["won"]), payload["dispute_id"]
        await seller_notices.note_dispute_end(order, dispute_id, won, now)


@jobs.job("orders.refund_failed")
async def refund_failed(payload: jobs.Payload, now: datetime) -> None:
    await emails.send_refund_failed(UUID(payload["refund_id"]))


@jobs.job("orders.unavailable")
async def unavailable(payload: jobs.Payload, now: datetime) -> None:
    if order := await order_of(UUID(payload["order_id"])):
        await emails.send_unavailable(order, now)
        await seller_notices.note_unavailable(order, now)


@jobs.periodic("orders.reconcile", "* * * * *")
async def reconcile(_payload: jobs.Payload, now: datetime) -> None:
    await reconciling.repair_refunds(now)
    await reconciling.reconcile(now)


async def session_changed(event: Event, now: datetime) -> None:
    """An event only says that something happened: what is true now is asked, so order and repeats don't matter."""
    with contextlib.suppress(UnknownSession):
        await complete(await get_gateway().get_checkout(event.subject["id"]), now)


async def session_failed(event: Event, now: datetime) -> None:
    """A payment that was to confirm later did not."""
    with contextlib.suppress(UnknownSession):
        session = await get_gateway().get_checkout(event.subject["id"])
        order_id = parse_id(session.metadata.get("order_id"))
        if order_id is not None and session.payment_status != "paid":
            await paying.fail(order_id, now)


async def refund_changed(event: Event, now: datetime) -> None:
    """`charge.refunded` and `refund.*`: both objects name the payment."""
    if payment_intent := event.subject.get("payment_intent"):
        await settling.synchronize(payment_intent, now)


async def dispute_opened(event: Event, now: datetime) -> None:
    if payment_intent := event.subject.get("payment_intent"):
        await disputing.open_dispute(payment_intent, event.subject["id"], now)


async def dispute_closed(event: Event, now: datetime) -> None:
    if payment_intent := event.subject.get("payment_intent"):
        won = event.subject.get("status") in ("won", "warning_closed", "prevented")
        await disputing.close_dispute(payment_intent, event.subject["id"], won, now)


inbox.on("checkout.session.completed", session_changed)
inbox.on("checkout.session.async_payment_succeeded", session_changed)
inbox.on("checkout.session.async_payment_failed", session_failed)
inbox.on("checkout.session.expired", session_changed)
inbox.on("charge.refunded", refund_changed)
inbox.on("refund.created", refund_changed)
inbox.on("refund.updated", refund_changed)
inbox.on("refund.failed", refund_changed)
inbox.on("charge.dispute.created", dispute_opened)
inbox.on("charge.dispute.closed", dispute_closed)
