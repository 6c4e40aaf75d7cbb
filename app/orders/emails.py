"""Orders' messages to buyers, one function each. Each joins the caller's transaction and is queued once by its key."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.people import admins_of
from app.core.db import transaction
from app.core.jobs import Payload, enqueue, job
from app.core.money import format_money
from app.core.settings import get_settings
from app.notifications.sending import send_email
from app.orders.buyers import customer_id
from app.orders.links import order_url
from app.orders.presenting import OrderView
from app.orders.queries import order_of, recent_orders_of
from app.orders.refunds import failed_refund

# How many orders one recovery mails the links of; older ones are reached by asking the seller.
RECOVERED_ORDERS = 10


async def send_completed(order: OrderView, now: datetime) -> None:
    """Thank for an order and bring its lasting link."""
    await _send(order, "order-completed", f"order-completed:{order.id}", now)


async def send_link(order: OrderView, key: str, now: datetime) -> bool:
    """Bring an order's link again; `key` names the request, so that it is answered once. False when it was already."""
    return await _send(order, "order-completed", f"order-link:{order.id}:{key}", now)


async def send_refunded(
    order: OrderView, amount: int, refund_id: UUID | str, now: datetime
) -> None:
    """Say that `amount` (minor units) went back."""
    whole = order.state == "refunded"
    money = format_money(amount, order.currency, order.locale)
    key = f"order-refunded:{refund_id}"
    await _send(order, "order-refunded", key, now, refunded=money, whole=whole)


async def send_submitted(order: OrderView, now: datetime) -> None:
    """Say that the payment was submitted, and that the bank takes days to confirm it; nothing once that is settled."""
    if order.state == "submitted":
        await _send(order, "order-submitted", f"order-submitted:{order.id}", now)


async def send_payment_failed(order: OrderView, now: datetime) -> None:
    """Say that the bank refused a payment that was submitted; nothing if it was paid after all."""
    if order.state == "failed":
        await _send(order, "order-payment-failed", f"order-payment-failed:{order.id}", now)


async def send_refund_failed(refund_id: UUID) -> None:
    """Tell the seller that a refund came to nothing, and that the buyer still waits for the money."""
    failed = await failed_refund(refund_id)
    order = await order_of(failed.order_id) if failed else None
    if failed is None or order is None:
        return
    base = get_settings().base_url.rstrip("/")
    context = {"order": order, "refund": failed, "url": f"{base}/console/orders/{order.id}"}
    for admin in await admins_of(failed.organization_id):
        key = f"refund-failed:{refund_id}:{admin.user_id}"
        given = {"name": admin.name, **context}
        await send_email(admin.email, "refund-failed", given, key=key, subject_of=order.id)


async def send_unavailable(order: OrderView, now: datetime) -> None:
    """Say that the payment came when everything was sold, and goes back by itself."""
    await _send(order, "order-unavailable", f"order-unavailable:{order.id}", now)


async def send_confirmation(order: OrderView, now: datetime) -> None:
    """Let the buyer confirm a download from another network: only who reads the order's mail gets the link."""
    await _send(order, "download-confirm", f"download-confirm:{order.id}:{now.isoformat()}", now)


async def send_recovery(email: str, now: datetime) -> None:
    """Queue the links of an address's orders. Looks nothing up, so that its time tells nothing either."""
    await enqueue("orders.recover", {"email": email, "asked_at": now.isoformat()})


@job("orders.recover")
async def on_recover(payload: Payload, now: datetime) -> None:
    for order_id in await recent_orders_of(customer_id(payload["email"]), RECOVERED_ORDERS):
        if order := await order_of(order_id):
            await send_link(order, f"recover:{payload['asked_at']}", now)


async def _send(order: OrderView, name: str, key: str, now: datetime, **context: Any) -> bool:
    if not order.email:  # whoever bought is forgotten by now
        return False
    async with transaction():
        queued = await send_email(
            order.email,
            name,
            {
                "order": order,
                "url": order_url(order.id, now),
                "recover_url": f"{get_settings().base_url.rstrip('/')}/orders/recover",
                **context,
            },
            locale=order.locale,
            key=key,
            subject_of=order.id,
            topic_id=order.page_id,
        )
    return queued is not None
