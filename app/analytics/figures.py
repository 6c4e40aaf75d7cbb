"""The figures of a report, whatever they are of: a time, a page, a source."""

from dataclasses import dataclass, field


@dataclass
class Takings:
    """Money of one currency, in minor units: what orders cost, and what of it was given back."""

    gross: int = 0
    refunded: int = 0

    @property
    def net(self) -> int:
        return self.gross - self.refunded


@dataclass
class Figures:
    """What was seen and what came of it. Visitors count once a day; money stays apart by currency."""

    views: int = 0
    visitors: int = 0
    checkouts: int = 0
    orders: int = 0
    free: int = 0
    signups: int = 0
    shown: int = 0
    revenue: dict[str, Takings] = field(default_factory=dict[str, Takings])

    @property
    def gained(self) -> int:
        """Orders and sign-ups: what a visit is for."""
        return self.orders + self.signups

    @property
    def conversion(self) -> float | None:
        """The share of visitors that did what the page is for, in per cent; None without visitors."""
        return min(100 * self.gained / self.visitors, 100.0) if self.visitors else None

    @property
    def empty(self) -> bool:
        return not (self.views or self.checkouts or self.orders or self.signups or self.shown)

    def take(self, currency: str, gross: int, refunded: int) -> None:
        """Add money of a currency."""
        known = self.revenue.setdefault(currency, Takings())
        known.gross += gross
        known.refunded += refunded


def change(now: int, before: int) -> int | None:
    """Return by how many per cent a figure rose or fell; None when there was nothing before."""
    return round(100 * (now - before) / before) if before else None
