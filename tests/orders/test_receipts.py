"""The receipt in a mail adds up, also after a refund."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.rendering import environment

MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
RECEIPT = "emails/order-completed/_receipt.html"


def rows_of(refunded: int) -> list[list[str]]:
    line = SimpleNamespace(quantity=2, title="Field notes", total=5880)
    order: Any = SimpleNamespace(
        number="7K3F9-Q2XRD", lines=[line], amount=5880, refunded_amount=refunded, currency="EUR",
        discount=None,
    )  # fmt: skip
    html = environment.get_template(RECEIPT).render(order=order)
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [[text.strip() for text in re.findall(r">([^<]+)</td>", row)] for row in rows]


@pytest.mark.parametrize(
    ("refunded", "end"),
    [
        (0, [["Total", "€58.80"]]),
        (
            1000,
            [
                ["Total", "€58.80"],
                ["Refunded", f"{MINUS}€10.00"],
                ["Paid after the refund", "€48.80"],
            ],
        ),
        (
            5880,
            [
                ["Total", "€58.80"],
                ["Refunded", f"{MINUS}€58.80"],
                ["Paid after the refund", "€0.00"],
            ],
        ),
    ],
)
def test_the_last_line_is_what_was_paid_in_the_end(refunded: int, end: list[list[str]]) -> None:
    rows = rows_of(refunded)
    assert rows[:2] == [["Order", "7K3F9-Q2XRD"], [f"2 {TIMES} Field notes", "€58.80"]]
    assert rows[2:] == end
