"""What happened to one order, in words: its recorded events and its download attempts."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.people import names_of
from app.core.db import fetch
from app.core.i18n import gettext as _
from app.core.money import format_money
from app.orders.downloading import Outcome
from app.orders.presenting import OrderView

HISTORY_LIMIT = 200


@dataclass(frozen=True)
class Event:
    """One line of the history; `actor` is the colleague who did it, or ""."""

    at: datetime
    words: str
    actor: str


@dataclass(frozen=True)
class Attempt:
    """One opening of a download link. `address` is empty once its retention is over."""

    at: datetime
    file_name: str
    outcome: str
    address: str

    @property
    def started(self) -> bool:
        return self.outcome == Outcome.STARTED

    @property
    def words(self) -> str:
        return outcome_words().get(self.outcome, self.outcome)


async def history_of(order: OrderView) -> list[Event]:
    """Return an order's newest events, oldest first."""
    rows = await fetch(
        """SELECT * FROM (SELECT created_at, id, kind, actor_id, details FROM order_event WHERE order_id = $1
             ORDER BY created_at DESC, id DESC LIMIT $2) newest
           ORDER BY created_at, kind <> 'created', id""",
        order.id,
        HISTORY_LIMIT,
    )
    actors: set[UUID] = {row["actor_id"] for row in rows if row["actor_id"]}
    names = await names_of(actors) if actors else {}
    return [
        Event(
            at=row["created_at"],
            words=event_words(row["kind"], json.loads(row["details"] or "{}"), order.currency),
            actor=names.get(row["actor_id"], ""),
        )
        for row in rows
    ]


async def attempts_on(order: OrderView) -> list[Attempt]:
    """Return an order's newest download attempts, newest first."""
    rows = await fetch(
        """SELECT created_at, file_id, outcome, ip FROM download_attempt WHERE order_id = $1
           ORDER BY created_at DESC, id DESC LIMIT $2""",
        order.id,
        HISTORY_LIMIT,
    )
    names = {file.id: file.name for file in order.files}
    return [
        Attempt(
            at=row["created_at"],
            file_name=names.get(row["file_id"], _("a removed file")),
            outcome=row["outcome"],
            address=row["ip"] or "",
        )
        for row in rows
    ]


def outcome_words() -> dict[str, str]:
    return {
        Outcome.STARTED: _("Started"),
        Outcome.EXPIRED: _("Link expired"),
        Outcome.ELSEWHERE: _("From another network"),
        Outcome.UNPAID: _("Not paid"),
        Outcome.REFUNDED: _("Refunded"),
        Outcome.EXHAUSTED: _("Used up"),
        Outcome.THROTTLED: _("Too fast"),
        Outcome.MISSING: _("File missing"),
        Outcome.STORE_FAILED: _("Storage down"),
    }


def event_words(kind: str, details: dict[str, Any], currency: str) -> str:
    """Return an event as people read it, with its amount when it has one."""
    words = {
        "created": _("Ordered"),
        "completed": _("Paid and delivered"),
        "payment_pending": _("Payment submitted, waiting for the bank"),
        "payment_failed": _("Payment failed"),
        "payment_mismatch": _("The payment does not fit the order"),
        "checkout_failed": _("The payment service did not take the order"),
        "released": _("Given up by the buyer"),
        "expired": _("Not paid in time"),
        "paid_too_late": _("Paid when everything was sold; money goes back"),
        "refund_requested": _("Refund asked for"),
        "refunded": _("Refunded"),
        "refund_failed": _("Refund failed"),
        "refund_returned": _("The bank sent a refund back"),
        "disputed": _("Disputed at the bank"),
        "dispute_closed": _("Dispute decided"),
        "link_resent": _("Link sent again"),
    }.get(kind, kind.replace("_", " ").capitalize())
    amount = details.get("amount")
    if isinstance(amount, int):
        return f"{words}: {format_money(amount, currency)}"
    return words
