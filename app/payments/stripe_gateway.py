"""Stripe behind the gateway's protocol, through Stripe's own SDK and its parameter types."""

from collections.abc import Mapping
from datetime import UTC, datetime

import stripe
from stripe.checkout import Session
from stripe.params import RefundCreateParams
from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItemPriceDataProductData,
)

from app.core.addresses import wire_or_same
from app.core.errors import BadRequest
from app.core.settings import get_settings
from app.payments.events import read_event
from app.payments.gateway import (
    CheckoutItem,
    CheckoutRequest,
    CheckoutSession,
    Event,
    GatewayRefund,
    PaymentRejected,
    UnknownSession,
)
from app.payments.stripe_client import LANGUAGES, answered, id_of, make_client, metadata_of

LISTED_REFUNDS = 100
# States of a payment intent whose session is complete: it was submitted, and nothing is to be expected of it.
FAILED_INTENTS = ("requires_payment_method", "canceled")


class StripeGateway:
    """Talks to Stripe, or to the sandbox when `stripe_api_base` says where that is; with the installation's key, unless
    another is given."""

    def __init__(self, api_key: str = "") -> None:
        self._secret = get_settings().stripe_webhook_secret
        self._client = make_client(api_key)

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutSession:
        session = await answered(
            self._client.v1.checkout.sessions.create_async(
                checkout_params(request), {"idempotency_key": request.key}
            )
        )
        return _session(session)

    async def get_checkout(self, session_id: str) -> CheckoutSession:
        return _session(
            await answered(
                self._client.v1.checkout.sessions.retrieve_async(
                    session_id, {"expand": ["payment_intent"]}
                )
            )
        )

    async def expire_checkout(self, session_id: str) -> CheckoutSession:
        try:
            return _session(
                await answered(self._client.v1.checkout.sessions.expire_async(session_id))
            )
        except UnknownSession:
            raise
        except PaymentRejected:
            # Only an open session can be expired; what it became instead is the answer.
            return await self.get_checkout(session_id)

    async def refund(
        self, payment_intent: str, amount: int, *, key: str, metadata: Mapping[str, str]
    ) -> GatewayRefund:
        params: RefundCreateParams = {
            "payment_intent": payment_intent,
            "amount": amount,
            "metadata": dict(metadata),
        }
        return _refund(
            await answered(self._client.v1.refunds.create_async(params, {"idempotency_key": key}))
        )

    async def refunds_of(self, payment_intent: str) -> list[GatewayRefund]:
        listed = await answered(
            self._client.v1.refunds.list_async(
                {"payment_intent": payment_intent, "limit": LISTED_REFUNDS}
            )
        )
        return [_refund(refund) for refund in listed.data]

    def parse_event(self, payload: bytes, signature: str) -> Event:
        try:
            stripe.WebhookSignature.verify_header(
                payload.decode(), signature, self._secret, stripe.Webhook.DEFAULT_TOLERANCE
            )
            return read_event(payload)
        except (
            stripe.SignatureVerificationError,
            ValueError,
            KeyError,
            TypeError,
            RecursionError,
        ) as error:
            raise BadRequest from error


def checkout_params(request: CheckoutRequest) -> SessionCreateParams:
    """Return the request in Stripe's words."""
    metadata = dict(request.metadata)
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": item.quantity,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": item.amount,
                    "product_data": _product(item),
                },
            }
            for item in request.items
        ],
        "customer_email": wire_or_same(request.email),
        "client_reference_id": request.key,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        # The hold pins amount and currency: Stripe must charge exactly those.
        "adaptive_pricing": {"enabled": False},
        "expires_at": int(request.expires_at.timestamp()),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "locale": request.language if request.language in LANGUAGES else "auto",
    }


def _product(item: CheckoutItem) -> SessionCreateParamsLineItemPriceDataProductData:
    if not item.description:
        return {"name": item.title}
    return {"name": item.title, "description": item.description}


def _session(session: Session) -> CheckoutSession:
    details = session.customer_details
    return CheckoutSession(
        id=session.id,
        url=session.url,
        status=session.status or "",
        payment_status=session.payment_status,
        mode=session.mode,
        amount_total=session.amount_total or 0,
        currency=(session.currency or "").upper(),
        payment_intent=id_of(session.payment_intent),
        customer_email=(details.email if details else None) or session.customer_email,
        metadata=metadata_of(session.metadata),
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
        payment_failed=_payment_failed(session),
    )


def _payment_failed(session: Session) -> bool:
    """Whether a delayed payment came to nothing. Only the payment intent tells: the session stays complete and unpaid."""
    intent = session.payment_intent
    if session.status != "complete" or session.payment_status != "unpaid":
        return False
    return not (intent is None or isinstance(intent, str)) and intent.status in FAILED_INTENTS


def _refund(refund: stripe.Refund) -> GatewayRefund:
    return GatewayRefund(
        id=refund.id,
        status=refund.status or "pending",
        amount=refund.amount,
        currency=refund.currency.upper(),
        payment_intent=id_of(refund.payment_intent),
        metadata=metadata_of(refund.metadata),
        # Only a failed refund has the field.
        failure=getattr(refund, "failure_reason", None) or "",
    )
