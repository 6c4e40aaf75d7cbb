"""What the seller's members are told of an order. Called by jobs, so that no buyer waits for it."""

from datetime import datetime

from app.core.i18n import gettext as _
from app.notices.noting import add_notice
from app.orders.presenting import OrderView
from app.orders.queries import seller_of


async def note_sale(order: OrderView, now: datetime) -> None:
    """Tell of a paid or free order."""
    await _note("sale", f"sale:{order.id}", order, order.amount, now)


async def note_refund(order: OrderView, refund_id: str, amount: int, now: datetime) -> None:
    """Tell of money that went back to the buyer, whoever asked for it."""
    await _note("refund", f"refund:{refund_id}", order, amount, now)


async def note_unavailable(order: OrderView, now: datetime) -> None:
    """Tell of a payment that came when nothing was left to sell: it goes back by itself, as a refund of the whole."""
    words = _("paid too late, the money goes back")
    await _note("refund", f"unavailable:{order.id}", order, order.amount, now, f": {words}")


async def note_dispute(order: OrderView, dispute_id: str, now: datetime) -> None:
    """Tell that the buyer's bank asks for the money back."""
    await _note("dispute", f"dispute:{dispute_id}", order, order.amount, now)


async def note_dispute_end(order: OrderView, dispute_id: str, won: bool, now: datetime) -> None:
    """Tell how that was decided."""
    words = _("decided for you") if won else _("decided for the buyer")
    await _note("dispute", f"dispute-end:{dispute_id}", order, order.amount, now, f": {words}")


async def _note(
    kind: str, key: str, order: OrderView, amount: int, now: datetime, words: str = ""
) -> None:
    group_id = await seller_of(order.id)
    if group_id is not None:
        title = f"{order.page_title}{words}"
        currency = order.currency
        await add_notice(
            kind, key, group_id, order.id, title, now, amount=amount, currency=currency
        )
