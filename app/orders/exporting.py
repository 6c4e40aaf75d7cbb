"""Orders as CSV: streamed in slices, readable by spreadsheets, and never a formula."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from uuid import UUID

from app.core.db import Record
from app.core.money import format_amount_input
from app.core.replica import replica
from app.core.spreadsheets import BOM, csv_text, safe_cell, time_cell
from app.orders.listing import Filter, export_slice

SLICE = 500

COLUMNS = (
    "number",
    "state",
    "email",
    "products",
    "page",
    "amount",
    "refunded",
    "currency",
    "ordered_at",
    "completed_at",
    "payment",
    "discount",
    "discount_by",
    "source",
)


async def export_orders(group_id: UUID, narrowed: Filter) -> AsyncIterator[str]:
    """Yield the CSV of a group's orders, newest first, header included.

    Amounts are in major units with a point; times are ISO 8601 in UTC. No transaction spans the slices.
    """
    yield BOM + csv_text([COLUMNS])
    after: tuple[datetime, UUID] | None = None
    while rows := await replica.read(partial(export_slice, group_id, narrowed, after, SLICE)):
        yield csv_text([_cells(row) for row in rows])
        if len(rows) < SLICE:
            return
        after = (rows[-1]["created_at"], rows[-1]["id"])


def _cells(row: Record) -> tuple[str, ...]:
    currency: str = row["currency"]
    texts = (row["number"], row["state"], row["email"], row["products"] or "", row["page"] or "")
    return (
        *(safe_cell(text) for text in texts),
        format_amount_input(row["amount"], currency),
        format_amount_input(row["refunded_amount"], currency),
        currency,
        time_cell(row["created_at"]),
        time_cell(row["completed_at"]),
        safe_cell(row["payment_intent"] or ""),
        format_amount_input(row["discount"], currency),
        safe_cell(row["discount_by"] or ""),
        safe_cell(row["source"]),
    )
