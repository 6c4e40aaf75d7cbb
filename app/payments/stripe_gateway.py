"""Stripe behind the gateway's protocol, through Stripe's own SDK and its parameter types."""

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import stripe
from stripe import StripeClient
from stripe.checkout import Session
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from app.core.errors import BadRequest
from app.core.settings import get_settings
from app.payments.events import read_event
from app.payments.gateway import (
    CheckoutRequest,
    CheckoutSession,
    Event,
    GatewayRefund,
    PaymentRejected,
    PaymentUnavailable,
    UnknownSession,
)

TIMEOUT_SECONDS = 15.0
NETWORK_RETRIES = 2
LISTED_REFUNDS = 100
# Languages of Stripe's page; with another it follows the browser.
LANGUAGES = frozenset(
    {"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "ja", "ko", "lt"}
    | {"lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "zh"}
)

Result = TypeVar("Result")


class StripeGateway:
    """Talks to Stripe, or to the sandbox when `stripe_api_base` says where that is; with the installation's key, unless
    another is given."""

    def __init__(self, api_key: str = "") -> None:
        settings = get_settings()
        self._secret = settings.stripe_webhook_secret
        base = settings.stripe_api_base
        self._client = StripeClient(
            api_key or settings.stripe_api_key or "unset",
            base_addresses={"api": base} if base else None,
            http_client=stripe.HTTPXClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=NETWORK_RETRIES,
        )

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutSession:
        session = await _answer(
            self._client.v1.checkout.sessions.create_async(
                checkout_params(request), {"idempotency_key": request.key}
            )
        )
        return _session(session)

    async def get_checkout(self, session_id: str) -> CheckoutSession:
        return _session(await _answer(self._client.v1.checkout.sessions.retrieve_async(session_id)))

    async def expire_checkout(self, session_id: str) -> CheckoutSession:
        try:
            return _session(
                await _answer(self._client.v1.checkout.sessions.expire_async(session_id))
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
            await _answer(self._client.v1.refunds.create_async(params, {"idempotency_key": key}))
        )

    async def refunds_of(self, payment_intent: str) -> list[GatewayRefund]:
        listed = await _answer(
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
                    "product_data": {"name": item.title},
                },
            }
            for item in request.items
        ],
        "customer_email": request.email,
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


async def _answer(call: Awaitable[Result]) -> Result:
    """Await a call to Stripe and translate its errors."""
    try:
        return await call
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" or error.http_status == 404:
            raise UnknownSession from error
        raise PaymentRejected from error
    except (stripe.CardError, stripe.IdempotencyError) as error:
        raise PaymentRejected from error
    except stripe.StripeError as error:
        raise PaymentUnavailable from error


def _id_of(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value.id)


def _metadata(value: Any) -> dict[str, str]:
    return cast(dict[str, str], value.to_dict()) if value else {}


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
        payment_intent=_id_of(session.payment_intent),
        customer_email=(details.email if details else None) or session.customer_email,
        metadata=_metadata(session.metadata),
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
    )


def _refund(refund: stripe.Refund) -> GatewayRefund:
    return GatewayRefund(
        id=refund.id,
        status=refund.status or "pending",
        amount=refund.amount,
        currency=refund.currency.upper(),
        payment_intent=_id_of(refund.payment_intent),
        metadata=_metadata(refund.metadata),
        # Only a failed refund has the field.
        failure=getattr(refund, "failure_reason", None) or "",
    )
