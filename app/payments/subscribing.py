"""What Mayfly asks of a provider of subscriptions, in its own words; `stripe_subscriptions.py` answers with Stripe.

Amounts are minor units; currencies are upper-case ISO codes. All methods raise PaymentUnavailable or PaymentRejected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Protocol


@dataclass(frozen=True)
class Price:
    """What is subscribed to. `key` is the price's own for good: another amount is another price, with another key.
    `plan` is what a subscription at this price is known by."""

    key: str
    plan: str
    name: str
    amount: int
    currency: str
    interval: str


@dataclass(frozen=True)
class Start:
    """A subscription to be begun on the provider's hosted page. `key` makes a repeated request one and the same."""

    key: str
    customer: str
    price: str
    success_url: str
    cancel_url: str
    language: str = "en"
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class StartSession:
    """The hosted page. `status`: open, complete, expired; once it is complete it has a `subscription`."""

    id: str
    url: str | None
    status: str
    subscription: str | None
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class RemoteSubscription:
    """A subscription as the provider sees it; `status` is Stripe's word. `plan` is that of its price, "" for a foreign
    one. `cancel_at` is when it ends, if that is settled."""

    id: str
    status: str
    customer: str
    item: str
    plan: str
    amount: int
    currency: str
    period_end: datetime | None
    cancel_at: datetime | None
    metadata: Mapping[str, str]

    @property
    def over(self) -> bool:
        return self.status in ("canceled", "incomplete_expired")


@dataclass(frozen=True)
class Change:
    """Another price for a subscription, as of the moment `at`: the rest of the period is settled at once."""

    subscription: str
    item: str
    price: str
    at: datetime


@dataclass(frozen=True)
class Preview:
    """What a change would cost now. `total` below zero is kept as a balance for the next invoices."""

    total: int
    due: int
    currency: str


@dataclass(frozen=True)
class Invoice:
    """An invoice; `status`: draft, open, paid, uncollectible, void. `url` is its page, where it can be paid."""

    id: str
    number: str
    status: str
    total: int
    currency: str
    created_at: datetime
    url: str | None
    pdf_url: str | None


class SubscriptionGateway(Protocol):
    async def ensure_price(self, price: Price) -> str:
        """Return the id of the price with that key; make it unless it is there."""
        ...

    async def make_customer(
        self, key: str, email: str, name: str, metadata: Mapping[str, str]
    ) -> str:
        """Return the id of a new customer. `key` makes a repeated request one and the same."""
        ...

    async def start(self, start: Start) -> StartSession: ...

    async def get_start(self, session_id: str) -> StartSession:
        """Raises UnknownSession."""
        ...

    async def close_start(self, session_id: str) -> StartSession:
        """Close an open session, so that it can't be paid; return it as it then is, whatever its state was."""
        ...

    async def get(self, subscription_id: str) -> RemoteSubscription:
        """Raises UnknownSession."""
        ...

    async def of_customer(self, customer: str) -> list[RemoteSubscription]:
        """Return the customer's newest subscriptions, those that are over too."""
        ...

    async def preview(self, change: Change) -> Preview: ...

    async def change(self, change: Change, key: str) -> RemoteSubscription:
        """Change the price and settle the difference. Raises CardDeclined: then nothing has changed."""
        ...

    async def end_with_period(self, subscription_id: str, ends: bool) -> RemoteSubscription:
        """Let it end with its period, or go on after all."""
        ...

    async def cancel(self, subscription_id: str, *, credit: bool) -> RemoteSubscription:
        """End it at once; with `credit`, what is left of the period becomes the customer's balance. One that is over
        stays so."""
        ...

    async def invoices(self, customer: str) -> list[Invoice]:
        """Return the customer's newest invoices, newest first."""
        ...

    async def portal(self, customer: str, return_url: str, language: str) -> str:
        """Return the address of a page where the customer changes the card, cancels, and finds the invoices."""
        ...


@lru_cache
def get_subscriptions() -> SubscriptionGateway:
    """Return the process's gateway, made from the settings."""
    from app.payments.stripe_subscriptions import StripeSubscriptions

    return StripeSubscriptions()
