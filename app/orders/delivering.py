"""From a Stripe Checkout Session to the bought files: asks Stripe, and fulfils the order if the webhook hasn't come."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.i18n import gettext as _
from app.orders import fulfilling
from app.orders.presenting import OrderView
from app.orders.queries import order_of_session
from app.payments.gateway import UnknownSession, get_gateway

SESSION_ID = re.compile(r"cs_[A-Za-z0-9_]{8,250}")


class Standing(StrEnum):
    """Where a session stands. `waiting` may become `ready` by itself within seconds, `submitted` within days; the
    rest are refusals."""

    READY = "ready"
    WAITING = "waiting"
    SUBMITTED = "submitted"
    UNPAID = "unpaid"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Delivery:
    """The answer for a session, and its order when there is one."""

    standing: Standing
    order: OrderView | None = None

    @property
    def reason(self) -> str:
        """Why the files can't be had, in words for the buyer."""
        if self.standing == Standing.UNKNOWN:
            return _("We know of no purchase with this address.")
        if self.standing == Standing.UNPAID:
            return _("This order has not been paid, so there is nothing to download yet.")
        if self.standing == Standing.WAITING:
            return _("The payment has not been confirmed yet.")
        return self.order.explanation if self.order else ""


def well_formed(session_id: str) -> bool:
    return SESSION_ID.fullmatch(session_id) is not None


async def look(session_id: str) -> Delivery:
    """Return where a session stands as far as we know, without asking Stripe."""
    order = await order_of_session(session_id)
    return Delivery(_standing(order), order)


async def deliver(session_id: str, now: datetime) -> Delivery:
    """Return where a session stands, after asking Stripe about it unless its order is already settled.

    Raises UpstreamFailed when Stripe does not answer.
    """
    known = await look(session_id)
    if known.standing in (Standing.READY, Standing.ENDED):
        return known
    try:
        session = await get_gateway().get_checkout(session_id)
    except UnknownSession:
        return Delivery(Standing.UNKNOWN)
    outcome = await fulfilling.complete(session, now)
    if outcome in (fulfilling.Outcome.UNKNOWN, fulfilling.Outcome.MISMATCH):
        return Delivery(Standing.UNKNOWN)
    order = await order_of_session(session_id)
    if session.status == "open":
        return Delivery(Standing.UNPAID, order)
    return Delivery(_standing(order), order)


def _standing(order: OrderView | None) -> Standing:
    if order is None:
        return Standing.UNKNOWN
    if order.deliverable:
        return Standing.READY
    if order.unavailable:
        return Standing.ENDED
    if order.state == "processing":
        return Standing.WAITING
    if order.state == "submitted":
        return Standing.SUBMITTED
    return Standing.ENDED if order.state in ("refunded", "disputed") else Standing.UNPAID
