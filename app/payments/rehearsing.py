"""Payments of a rehearsal: real sessions on the sandbox or in Stripe's test mode, and never a live key's.

On the sandbox they are paid as a buyer would, in an account of their own. Stripe's test mode has no way to pay a
session but its page, so there the payment is only noted here. With a live key nothing is asked of Stripe at all, and
nothing is paid. What Stripe later tells of such sessions is known by its metadata, and not kept.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

import httpx

from app.core.errors import BadRequest
from app.core.ids import new_id
from app.core.settings import get_settings
from app.payments.gateway import (
    CheckoutRequest,
    CheckoutSession,
    Event,
    GatewayRefund,
    PaymentRejected,
    PaymentUnavailable,
    UnknownSession,
)
from app.payments.stripe_gateway import StripeGateway

MARK = "rehearsal"
# Stripe's test mode takes 25 requests a second.
CALLS_AT_ONCE = 8
TEST_KEYS = ("sk_test_", "rk_test_")
SANDBOX_SECONDS = 15.0


class Payments(StrEnum):
    """How a rehearsal pays: `sandbox` and `test` as said above; `none` with a live key, or without any."""

    SANDBOX = "sandbox"
    TEST = "test"
    NONE = "none"


def payments_here() -> Payments:
    """Return how a rehearsal on this installation pays."""
    settings = get_settings()
    test = settings.stripe_api_key.startswith(TEST_KEYS)
    if settings.sandbox_payments:
        return Payments.SANDBOX
    return Payments.TEST if test else Payments.NONE


def of_a_rehearsal(event: Event) -> bool:
    """Whether an event is about a rehearsal's payment."""
    metadata = event.subject.get("metadata")
    return isinstance(metadata, Mapping) and MARK in metadata


class RehearsalGateway:
    """A PaymentGateway for one rehearsal, which can also play the buyers. `close` leaves no session open."""

    def __init__(self, rehearsal_id: UUID) -> None:
        self.payments = payments_here()
        self._mark = str(rehearsal_id)
        self._stripe = StripeGateway(_key(self.payments))
        self._sandbox = httpx.AsyncClient(
            base_url=get_settings().stripe_api_base, timeout=SANDBOX_SECONDS
        )
        self._turns = asyncio.Semaphore(CALLS_AT_ONCE)
        self._sessions: dict[str, CheckoutSession] = {}
        self._of_orders: dict[str, str] = {}
        self._noted: dict[str, list[GatewayRefund]] = {}

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutSession:
        if self.payments is Payments.NONE:
            session = _unasked(request)
        else:
            marked = replace(request, metadata={**request.metadata, MARK: self._mark})
            async with self._turns:
                session = await self._stripe.create_checkout(marked)
        self._of_orders[request.key] = session.id
        self._sessions[session.id] = session
        return session

    async def pay(self, order_id: UUID) -> str:
        """Pay an order's session as its buyer; return its id."""
        session = self._known(self._of_orders.get(str(order_id), ""))
        if self.payments is Payments.NONE:
            raise PaymentRejected
        if self.payments is Payments.SANDBOX:
            await self._pay_at_sandbox(session.id)
        paid = replace(session, status="complete", payment_status="paid", url=None)
        self._sessions[session.id] = replace(paid, payment_intent=f"pi_{MARK}_{new_id().hex}")
        return session.id

    async def _pay_at_sandbox(self, session_id: str) -> None:
        try:
            answer = await self._sandbox.post(f"/sandbox/sessions/{session_id}/pay", json={})
        except httpx.HTTPError as error:
            raise PaymentUnavailable from error
        if answer.is_error:
            raise PaymentRejected

    async def get_checkout(self, session_id: str) -> CheckoutSession:
        if self.payments is Payments.SANDBOX:
            return await self._stripe.get_checkout(session_id)
        return self._known(session_id)

    async def expire_checkout(self, session_id: str) -> CheckoutSession:
        session = self._known(session_id)
        if session.status != "open":
            return session
        expired = replace(session, status="expired", url=None)
        if self.payments is not Payments.NONE:
            async with self._turns:
                expired = await self._stripe.expire_checkout(session_id)
        self._sessions[session_id] = expired
        return expired

    async def refund(
        self, payment_intent: str, amount: int, *, key: str, metadata: Mapping[str, str]
    ) -> GatewayRefund:
        if self.payments is Payments.SANDBOX:
            return await self._stripe.refund(payment_intent, amount, key=key, metadata=metadata)
        refund = GatewayRefund(f"re_{key}", "succeeded", amount, "", payment_intent, metadata, "")
        self._noted.setdefault(payment_intent, []).append(refund)
        return refund

    async def refunds_of(self, payment_intent: str) -> list[GatewayRefund]:
        if self.payments is Payments.SANDBOX:
            return await self._stripe.refunds_of(payment_intent)
        return self._noted.get(payment_intent, [])

    def parse_event(self, payload: bytes, signature: str) -> Event:
        """A rehearsal hears of nothing."""
        raise BadRequest

    async def close(self) -> None:
        """Expire what is still open at Stripe: nobody will pay it. A Stripe that does not answer lets it run out."""
        # In the test mode, what was paid here is still open there.
        paid_here = "complete" if self.payments is Payments.TEST else "open"
        for session in self._sessions.values():
            if self.payments is not Payments.NONE and session.status in ("open", paid_here):
                with suppress(PaymentUnavailable, PaymentRejected):
                    await self._stripe.expire_checkout(session.id)
        await self._sandbox.aclose()

    def _known(self, session_id: str) -> CheckoutSession:
        session = self._sessions.get(session_id)
        if session is None:
            raise UnknownSession
        return session


def _key(payments: Payments) -> str:
    """Return the key that a rehearsal pays with: on the sandbox an account of its own, "" for the installation's."""
    own = get_settings().stripe_api_key
    return f"{own or 'sk_test'}_{MARK}" if payments is Payments.SANDBOX else ""


def _unasked(request: CheckoutRequest) -> CheckoutSession:
    """Return the session that Stripe would have made."""
    return CheckoutSession(
        id=f"cs_{MARK}_{new_id().hex}",
        url=request.cancel_url,
        status="open",
        payment_status="unpaid",
        mode="payment",
        amount_total=sum(item.amount * item.quantity for item in request.items),
        currency=request.currency,
        payment_intent=None,
        customer_email=request.email,
        metadata=request.metadata,
        expires_at=request.expires_at,
    )
