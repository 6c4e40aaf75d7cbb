"""Orders read for buyers: one order with its lines and files, by its id, its session or its buyer."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from app.core.db import Record, fetch, fetch_one, fetch_value
from app.core.settings import get_settings
from app.orders.discounts import discount_view
from app.orders.presenting import FileView, LineView, OrderView
from app.products.queries import FileRef, instead_of_files, original_files

_COLUMNS = """
SELECT o.id, o.number, o.state, o.email, o.amount, o.currency, o.refunded_amount, o.created_at, o.completed_at,
  o.payment_intent, o.fee_basis_points, o.fee_amount, o.locale, o.terms, o.page_id, o.source,
  (SELECT coalesce(sum(r.amount), 0)::bigint FROM refund r WHERE r.order_id = o.id AND r.state IN ('requested', 'pending')) AS refunding,
  EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND r.reason = 'unavailable') AS unavailable,
  (SELECT json_agg(json_build_object('id', l.id, 'content_id', l.content_id, 'product_id', l.product_id, 'title', l.title,
     'quantity', l.quantity, 'amount', l.amount, 'reduction', l.reduction) ORDER BY l.id)
   FROM order_line l WHERE l.order_id = o.id) AS lines
FROM "order" o
"""


async def order_of(order_id: UUID) -> OrderView | None:
    """Return an order with its files, for who holds its link."""
    return await _view(await fetch_one(f"{_COLUMNS} WHERE o.id = $1", order_id))


async def order_of_group(group_id: UUID, order_id: UUID) -> OrderView | None:
    """Return an order with its files if `group_id` sold it."""
    return await _view(
        await fetch_one(f"{_COLUMNS} WHERE o.id = $1 AND o.group_id = $2", order_id, group_id)
    )


async def seller_of(order_id: UUID) -> UUID | None:
    """Return the group that sold an order."""
    return await fetch_value('SELECT group_id FROM "order" WHERE id = $1', order_id)


async def order_of_session(session_id: str) -> OrderView | None:
    """Return the order that was to be paid in a Stripe Checkout Session."""
    return await _view(await fetch_one(f"{_COLUMNS} WHERE o.stripe_session_id = $1", session_id))


async def look_of_session(session_id: str) -> dict[str, Any]:
    """Return what the layout needs to look like the page that a Stripe Checkout Session bought on; of an unknown one,
    nothing of the kind."""
    terms = await fetch_value('SELECT terms FROM "order" WHERE stripe_session_id = $1', session_id)
    known: dict[str, Any] = json.loads(terms) if terms else {}
    return {
        "page_theme_href": known.get("theme_href"),
        "own_branding": bool(known.get("own_branding")),
    }


async def recent_orders_of(customer_id: UUID, limit: int) -> list[UUID]:
    """Return the ids of a customer's newest paid orders, newest first."""
    rows = await fetch(
        """SELECT id FROM "order" WHERE customer_id = $1 AND completed_at IS NOT NULL
           ORDER BY completed_at DESC LIMIT $2""",
        customer_id,
        limit,
    )
    return [row["id"] for row in rows]


async def file_of(order: OrderView, file_id: UUID) -> FileRef | None:
    """Return the stored file `file_id` when it is part of what was bought and still there."""
    for product_id in _products(order.lines):
        for file in await original_files(product_id):
            if file.id == file_id:
                return file
    return None


async def _view(row: Record | None) -> OrderView | None:
    if row is None:
        return None
    items: list[dict[str, Any]] = json.loads(row["lines"] or "[]")
    lines = _lines(items)
    files = {product: await _files(product) for product in _products(lines)}
    without = [product for product, found in files.items() if not found]
    instead = await instead_of_files(without) if without else {}
    terms: dict[str, Any] = json.loads(row["terms"])
    return OrderView(
        **{name: row[name] for name in _SAME},
        refundable=_refundable(row),
        zone=terms.get("zone") or "UTC",
        page_title=terms.get("title") or "",
        page_theme_href=terms.get("theme_href"),
        own_branding=bool(terms.get("own_branding")),
        page_url=_page_url(terms.get("short_id")),
        confirmation=terms.get("confirmation_message") or "",
        discount=discount_view(terms, sum(item["reduction"] * item["quantity"] for item in items)),
        lines=tuple(
            line.with_files(files.get(line.product_id, ()), instead.get(line.product_id, ""))
            for line in lines
        ),
    )


_SAME = (
    "id",
    "number",
    "state",
    "email",
    "amount",
    "currency",
    "refunded_amount",
    "created_at",
    "completed_at",
    "payment_intent",
    "fee_basis_points",
    "fee_amount",
    "page_id",
    "source",
    "locale",
    "unavailable",
)


def _refundable(row: Record) -> int:
    if row["state"] not in ("completed", "partially_refunded") or row["payment_intent"] is None:
        return 0
    return max(0, row["amount"] - row["refunded_amount"] - row["refunding"])


def _page_url(short_id: str | None) -> str:
    return f"{get_settings().base_url.rstrip('/')}/p/{short_id}" if short_id else ""


def _lines(items: Iterable[dict[str, Any]]) -> list[LineView]:
    """Return one line for each item, at the page's price: a discount that can't be spread evenly made several of one."""
    found: dict[str, LineView] = {}
    for item in items:
        known = found.get(item["content_id"])
        total = (item["amount"] + item["reduction"]) * item["quantity"]
        found[item["content_id"]] = LineView(
            id=known.id if known else UUID(item["id"]),
            product_id=UUID(item["product_id"]),
            title=item["title"],
            quantity=item["quantity"] + (known.quantity if known else 0),
            total=total + (known.total if known else 0),
        )
    return list(found.values())


def _products(lines: Iterable[LineView]) -> list[UUID]:
    return list(dict.fromkeys(line.product_id for line in lines))


async def _files(product_id: UUID) -> tuple[FileView, ...]:
    return tuple(
        FileView(file.id, file.name, file.size) for file in await original_files(product_id)
    )
