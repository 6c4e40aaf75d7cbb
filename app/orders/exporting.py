"""Orders as CSV: streamed in slices, readable by spreadsheets, and never a formula."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from app.core.db import Record
from app.core.money import format_amount_input
from app.orders.listing import Filter, export_slice

# Excel takes a file for UTF-8 only when it begins with this.
BOM = "\ufeff"
SLICE = 500
FULL_WIDTH = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
# What spreadsheets take for the beginning of a formula (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH)

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
)


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and does not run it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


async def export_orders(group_id: UUID, narrowed: Filter) -> AsyncIterator[str]:
    """Yield the CSV of a group's orders, newest first, header included.

    Amounts are in major units with a point; times are ISO 8601 in UTC. No transaction spans the slices.
    """
    yield BOM + _csv([COLUMNS])
    after: tuple[datetime, UUID] | None = None
    while rows := await export_slice(group_id, narrowed, after, SLICE):
        yield _csv([_cells(row) for row in rows])
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
        _time(row["created_at"]),
        _time(row["completed_at"]),
        safe_cell(row["payment_intent"] or ""),
        format_amount_input(row["discount"], currency),
        safe_cell(row["discount_by"] or ""),
    )


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _csv(rows: list[tuple[str, ...]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
