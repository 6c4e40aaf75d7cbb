"""Orders as templates show them: values ready to print, no queries, no rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from babel.numbers import format_decimal

from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.orders.discounts import DiscountView

# A dispute takes the money back until it is decided, and a refund for good: neither is delivered.
DELIVERABLE = frozenset({"completed", "partially_refunded"})

KILOBYTE = 1000


@dataclass(frozen=True)
class FileView:
    """One file of a bought product; `size` in bytes."""

    id: UUID
    name: str
    size: int

    @property
    def size_text(self) -> str:
        return size_text(self.size)


@dataclass(frozen=True)
class LineView:
    """One line of a receipt; `total` is what the page asked for the whole quantity, in minor units, before a discount. `instead` says what the
    buyer gets where there is nothing to download."""

    id: UUID
    product_id: UUID
    title: str
    quantity: int
    total: int
    files: tuple[FileView, ...] = ()
    instead: str = ""

    def with_files(self, files: tuple[FileView, ...], instead: str) -> "LineView":
        return replace(self, files=files, instead=instead)


@dataclass(frozen=True)
class OrderView:
    """An order as its buyer sees it; amounts in minor units, times aware. `refundable` is what can still be given back;
    `unavailable` orders were paid when everything was sold, and go back by themselves."""

    id: UUID
    number: str
    state: str
    email: str
    amount: int
    currency: str
    refunded_amount: int
    refundable: int
    payment_intent: str | None
    fee_basis_points: int
    fee_amount: int
    created_at: datetime
    completed_at: datetime | None
    locale: str
    zone: str
    page_id: UUID
    source: str
    page_title: str
    page_url: str
    page_theme_href: str | None
    own_branding: bool
    confirmation: str
    unavailable: bool
    discount: DiscountView | None
    lines: tuple[LineView, ...]

    @property
    def fee_percent(self) -> str:
        """The operator's fee as a number of per cent."""
        return f"{self.fee_basis_points / 100:g}"

    @property
    def deliverable(self) -> bool:
        return self.state in DELIVERABLE

    @property
    def explanation(self) -> str:
        if self.unavailable:
            return _(
                "Everything was sold before your payment arrived. The whole amount goes back by itself."
            )
        return explanation(self.state)

    @property
    def files(self) -> tuple[FileView, ...]:
        return tuple(file for line in self.lines for file in line.files)

    def file(self, file_id: UUID) -> FileView | None:
        return next((file for file in self.files if file.id == file_id), None)


def explanation(state: str) -> str:
    """Return what an order's state means to its buyer; "" when all is well."""
    return {
        "processing": _("Your payment is being confirmed. We mail you as soon as it is."),
        "submitted": _(
            "Your payment was submitted, and your bank takes a few days to confirm it. Your order is kept for you until then. We mail you as soon as it is paid, or if the bank refuses it."
        ),
        "failed": _("The payment did not go through, and nothing was charged."),
        "expired": _("The order was not paid in time, and nothing was charged."),
        "refunded": _("You got your money back, so the files can't be downloaded any more."),
        "partially_refunded": _("A part of the price was refunded. Your files stay yours."),
        "disputed": _(
            "The payment is disputed with your bank, so downloads rest until it's decided."
        ),
    }.get(state, "")


def size_text(size: int) -> str:
    """Return `size` bytes as people read it: 999 B, 1.2 kB, 34 MB."""
    value, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < KILOBYTE:
            break
        value, unit = value / KILOBYTE, larger
    pattern = "#,##0" if unit == "B" or value >= 10 else "#,##0.#"
    return f"{format_decimal(value, pattern, locale=current_language.get())} {unit}"
