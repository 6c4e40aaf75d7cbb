"""Subscriptions in Stripe's words, and Stripe's objects in ours."""

from datetime import UTC, datetime

import stripe
from stripe.checkout import Session
from stripe.params.checkout import SessionCreateParams

from app.payments.stripe_client import LANGUAGES, id_of, metadata_of
from app.payments.subscribing import Invoice, RemoteSubscription, Start, StartSession

PLAN = "plan"


def start_params(start: Start) -> SessionCreateParams:
    """Return what begins a subscription in Stripe's words."""
    metadata = dict(start.metadata)
    return {
        "mode": "subscription",
        "customer": start.customer,
        "line_items": [{"price": start.price, "quantity": 1}],
        "client_reference_id": start.key,
        "metadata": metadata,
        "subscription_data": {"metadata": metadata},
        "success_url": start.success_url,
        "cancel_url": start.cancel_url,
        "locale": locale(start.language),
    }


def locale(language: str):
    """Return the language of Stripe's pages; one that Stripe does not speak follows the browser."""
    return language if language in LANGUAGES else "auto"


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def read_start(session: Session) -> StartSession:
    """Return a session as the protocol has it."""
    return StartSession(
        id=session.id,
        url=session.url,
        status=session.status or "",
        subscription=id_of(session.subscription),
        metadata=metadata_of(session.metadata),
    )


def read_subscription(found: stripe.Subscription) -> RemoteSubscription:
    """Return a subscription as the protocol has it; only those of one price are ours."""
    item = found["items"].data[0]
    ends = item.current_period_end if found.cancel_at_period_end else found.cancel_at
    return RemoteSubscription(
        id=found.id,
        status=found.status,
        customer=id_of(found.customer) or "",
        item=item.id,
        plan=metadata_of(item.price.metadata).get(PLAN, ""),
        amount=item.price.unit_amount or 0,
        currency=found.currency.upper(),
        period_end=_moment(item.current_period_end),
        cancel_at=_moment(ends),
        metadata=metadata_of(found.metadata),
    )


def read_invoice(found: stripe.Invoice) -> Invoice:
    """Return an invoice as the protocol has it."""
    return Invoice(
        id=found.id,
        number=found.number or "",
        status=found.status or "draft",
        total=found.total,
        currency=found.currency.upper(),
        created_at=datetime.fromtimestamp(found.created, UTC),
        url=found.hosted_invoice_url,
        pdf_url=found.invoice_pdf,
    )
