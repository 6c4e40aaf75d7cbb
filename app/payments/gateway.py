"""What Mayfly asks of a payment provider, in its own words; `stripe_gateway.py` answers with Stripe.

Amounts are minor units; currencies are upper-case ISO codes.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from app.core.errors import UpstreamFailed
from app.core.i18n import gettext as _


class PaymentUnavailable(UpstreamFailed):
    """The provider does not answer. Whether it did what was asked is unknown: ask again with the same key."""

    def default_message(self) -> str:
        return _(
            "The payment service does not answer. Nothing was charged; please try again in a moment."
        )


class PaymentRejected(UpstreamFailed):
    """The provider answered and refused."""

    def default_message(self) -> str:
        return _("The payment service refused. Nothing was charged.")


class CardDeclined(PaymentRejected):
    """The bank refused the card (402)."""

    status = 402

    def default_message(self) -> str:
        return _("The card was declined. Nothing was charged, and nothing has changed.")


class AmountTooSmall(PaymentRejected):
    """The provider charges no amount as small as this. `currencies.py` should have told before."""

    status = 422

    def default_message(self) -> str:
        return _("The payment service takes no payment as small as this. Nothing was charged.")


class UnknownSession(PaymentRejected):
    """The provider knows no session, or other object, of that id."""


@dataclass(frozen=True)
class CheckoutItem:
    """One line of a checkout; `amount` is for one piece, `description` stands below the title on the payment page."""

    title: str
    amount: int
    quantity: int
    description: str = ""


@dataclass(frozen=True)
class CheckoutRequest:
    """A payment to be made on the provider's hosted page. `key` makes a repeated request one and the same."""

    key: str
    email: str
    currency: str
    items: Sequence[CheckoutItem]
    expires_at: datetime
    success_url: str
    cancel_url: str
    language: str = "en"
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class CheckoutSession:
    """A session as the provider sees it. `status`: open, complete, expired. `payment_status`: paid, unpaid,
    no_payment_required. `payment_failed`: it is complete, and the bank has refused the payment that was submitted."""

    id: str
    url: str | None
    status: str
    payment_status: str
    mode: str
    amount_total: int
    currency: str
    payment_intent: str | None
    customer_email: str | None
    metadata: Mapping[str, str]
    expires_at: datetime
    payment_failed: bool = False


@dataclass(frozen=True)
class GatewayRefund:
    """A refund as the provider sees it. `status`: pending, requires_action, succeeded, failed, canceled."""

    id: str
    status: str
    amount: int
    currency: str
    payment_intent: str | None
    metadata: Mapping[str, str]
    failure: str


@dataclass(frozen=True)
class Event:
    """A verified webhook event; `subject` is the object it is about, as the provider sent it."""

    id: str
    type: str
    subject: Mapping[str, Any]


class PaymentGateway(Protocol):
    """All methods raise PaymentUnavailable or PaymentRejected."""

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutSession: ...

    async def get_checkout(self, session_id: str) -> CheckoutSession:
        """Raises UnknownSession."""
        ...

    async def expire_checkout(self, session_id: str) -> CheckoutSession:
        """Close an open session, so that it can't be paid; return it as it then is, whatever its state was."""
        ...

    async def refund(
        self, payment_intent: str, amount: int, *, key: str, metadata: Mapping[str, str]
    ) -> GatewayRefund:
        """Give `amount` back. `key` makes a repeated request one and the same."""
        ...

    async def refunds_of(self, payment_intent: str) -> list[GatewayRefund]: ...

    def parse_event(self, payload: bytes, signature: str) -> Event:
        """Verify a webhook's raw body. Raises BadRequest when the signature does not fit."""
        ...


_standing_in: ContextVar[PaymentGateway | None] = ContextVar("gateway", default=None)


def get_gateway() -> PaymentGateway:
    """Return the process's gateway, or what stands in for it."""
    return _standing_in.get() or _own_gateway()


@lru_cache
def _own_gateway() -> PaymentGateway:
    from app.payments.stripe_gateway import StripeGateway

    return StripeGateway()


@contextmanager
def standing_in(gateway: PaymentGateway) -> Generator[None]:
    """Let everything below, and the tasks that it starts, pay through another gateway."""
    token = _standing_in.set(gateway)
    try:
        yield
    finally:
        _standing_in.reset(token)
