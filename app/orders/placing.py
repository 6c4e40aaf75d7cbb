"""Writing a new order: its lines, the terms it pins and the first line of its history, in one statement."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.orders.buyers import customer_id
from app.orders.pricing import Priced
from app.orders.tables import COMPLETED, PROCESSING
from app.pages.arriving import note_early
from app.pages.selling import Offer

# Crockford's alphabet: no I, L, O, U, so that a number can be read out.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH = 10

_INSERT = """
WITH placed AS (
  INSERT INTO "order" (id, number, page_id, organization_id, group_id, user_id, customer_id, email, buyer_key,
    attempt_key, state, amount, currency, hold_id, terms, locale, created_at, updated_at, completed_at, held_until,
    discount_stock_id, source, link_id, entry_stock_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb, $16, $17, $17, $18, $19, $20, $30,
    $31, $32)),
listed AS (
  INSERT INTO order_line (id, order_id, content_id, product_id, stock_id, title, quantity, original_amount, amount,
    reduction, restocked)
  SELECT gen_random_uuid(), $1, l.*, 0 FROM unnest($21::uuid[], $22::uuid[], $23::uuid[], $24::text[], $25::int[],
    $26::bigint[], $27::bigint[], $28::bigint[]) AS l)
INSERT INTO order_event (id, created_at, order_id, kind, details)
SELECT gen_random_uuid(), $17, $1, k, '{}' FROM unnest($29::text[]) AS k"""


@dataclass(frozen=True)
class NewOrder:
    """What is the order's own; the rest comes from the offer and the priced basket. `entry_stock_id` is the link's whose
    use let the buyer in early."""

    id: UUID
    hold_id: UUID
    attempt_key: UUID
    email: str
    buyer: str
    entry_stock_id: UUID | None = None


def topic_of(page_id: UUID) -> str:
    """Return the live topic of a page, which shows its stock."""
    return f"page:{page_id}"


def new_number() -> str:
    """Return a short random number for people: `7K3F9-Q2XRD`."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_NUMBER_LENGTH))
    return f"{text[:5]}-{text[5:]}"


def _terms(offer: Offer, priced: Priced, until: datetime | None) -> str:
    lowered = priced.discount
    terms = {
        "short_id": offer.short_id,
        "title": offer.title,
        "zone": offer.zone,
        "discount_percent": offer.discount_percent,
        "discount": {
            "kind": lowered.kind,
            "name": lowered.name,
            "percent": lowered.percent,
            "amount": lowered.amount,
        }
        if lowered
        else None,
        "deadline": offer.expires_at,
        "page_version": offer.version,
        "theme_href": offer.theme_href,
        "own_branding": offer.own_branding,
        "confirmation_message": offer.confirmation_message,
        "held_until": until,
    }
    return json.dumps(terms, default=lambda value: value.isoformat())


async def insert_order(
    order: NewOrder, offer: Offer, priced: Priced, now: datetime, until: datetime | None
) -> None:
    """Write the order in the current transaction: processing until `until`, or completed when that is None."""
    items = [line.item for line in priced.lines]
    completed = until is None
    came = offer.arrival
    await db.execute(
        _INSERT,
        order.id,
        new_number(),
        offer.page_id,
        offer.organization_id,
        offer.group_id,
        offer.user_id,
        customer_id(order.email),
        order.email,
        order.buyer,
        order.attempt_key,
        COMPLETED if completed else PROCESSING,
        priced.amount,
        offer.currency,
        order.hold_id,
        _terms(offer, priced, until),
        offer.language,
        now,
        now if completed else None,
        until,
        priced.discount.stock_id if priced.discount else None,
        [item.content_id for item in items],
        [item.product_id for item in items],
        [item.stock_id for item in items],
        [item.title for item in items],
        [line.quantity for line in priced.lines],
        [item.original_amount for item in items],
        [line.amount for line in priced.lines],
        [line.item.amount - line.amount for line in priced.lines],
        ["created", "completed"] if completed else ["created"],
        came.source if came else "",
        came.link.id if came and came.link else None,
        order.entry_stock_id,
    )
    if offer.early and came and came.link:
        await note_early(came.link, now)
