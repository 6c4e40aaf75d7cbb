"""What a subscription's period costs, and what a change in the middle of one takes and gives back."""

from datetime import UTC, datetime
from typing import Any

from app.sandbox.stripe.billing import invoice_shapes
from app.sandbox.stripe.store import Document, new_id

DAYS = {"day": 1, "week": 7}
LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def period_end(start: int, price: Document, anchor: int) -> int:
    """When a period that starts at `start` ends: the same day of the next month (year), as far as it has it."""
    recurring: dict[str, Any] = price["recurring"]
    count = recurring["interval_count"]
    if recurring["interval"] in DAYS:
        return start + DAYS[recurring["interval"]] * count * 86400
    months = count * (12 if recurring["interval"] == "year" else 1)
    at, day = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(anchor, UTC).day
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = LAST_DAYS[month] + leap
    return int(at.replace(year=year, month=month + 1, day=min(day, last)).timestamp())


def period_line(subscription: Document, item: Document, start: int, end: int) -> Document:
    """The line for a whole period."""
    price = item["price"]
    words = f"Subscription ({price['nickname'] or price['id']})"
    made = invoice_shapes.line(
        subscription["id"], item["id"], price, price["unit_amount"], words, False
    )
    return made | {"id": new_id("il"), "period": {"start": start, "end": end}}


def change_lines(
    subscription: Document, item: Document, price: Document, at: int
) -> list[Document]:
    """The unused time of the present price given back, and the rest of the period at the new one."""
    start, end = item["current_period_start"], item["current_period_end"]
    left = max(0, end - max(at, start))
    day = f"{datetime.fromtimestamp(at, UTC):%-d %b %Y}"
    lines: list[Document] = []
    for known, sign, words in (
        (item["price"], -1, f"Unused time after {day}"),
        (price, 1, f"Remaining time after {day}"),
    ):
        amount = sign * round(known["unit_amount"] * left / (end - start))
        name = f"{words} ({known['nickname'] or known['id']})"
        made = invoice_shapes.line(subscription["id"], item["id"], known, amount, name, True)
        lines.append(made | {"id": new_id("il"), "period": {"start": at, "end": end}})
    return lines
