"""Stripe Billing behind the protocol of subscriptions, through Stripe's own SDK and its parameter types."""

from collections.abc import Mapping

from stripe.params import InvoiceCreatePreviewParams, SubscriptionUpdateParams

from app.core.addresses import wire_or_same
from app.payments.gateway import PaymentRejected, UnknownSession
from app.payments.stripe_client import answered, make_client
from app.payments.stripe_words import (
    PLAN,
    locale,
    read_invoice,
    read_start,
    read_subscription,
    start_params,
)
from app.payments.subscribing import (
    Change,
    Invoice,
    Preview,
    Price,
    RemoteSubscription,
    Start,
    StartSession,
)

LISTED = 24
LISTED_SUBSCRIPTIONS = 100


class StripeSubscriptions:
    """Talks to Stripe, or to the sandbox when `stripe_api_base` says where that is."""

    def __init__(self) -> None:
        self._v1 = make_client().v1

    async def ensure_price(self, price: Price) -> str:
        listed = await answered(
            self._v1.prices.list_async({"lookup_keys": [price.key], "active": True, "limit": 1})
        )
        if listed.data:
            return listed.data[0].id
        made = await answered(
            self._v1.prices.create_async(
                {
                    "currency": price.currency.lower(),
                    "unit_amount": price.amount,
                    "recurring": {"interval": "year" if price.interval == "year" else "month"},
                    "lookup_key": price.key,
                    "nickname": price.name,
                    "product_data": {"name": price.name, "metadata": {PLAN: price.plan}},
                    "metadata": {PLAN: price.plan},
                },
                {"idempotency_key": f"price/{price.key}"},
            )
        )
        return made.id

    async def make_customer(
        self, key: str, email: str, name: str, metadata: Mapping[str, str]
    ) -> str:
        made = await answered(
            self._v1.customers.create_async(
                {"email": wire_or_same(email), "name": name, "metadata": dict(metadata)},
                {"idempotency_key": key},
            )
        )
        return made.id

    async def start(self, start: Start) -> StartSession:
        return read_start(
            await answered(
                self._v1.checkout.sessions.create_async(
                    start_params(start), {"idempotency_key": start.key}
                )
            )
        )

    async def get_start(self, session_id: str) -> StartSession:
        return read_start(await answered(self._v1.checkout.sessions.retrieve_async(session_id)))

    async def close_start(self, session_id: str) -> StartSession:
        try:
            return read_start(await answered(self._v1.checkout.sessions.expire_async(session_id)))
        except UnknownSession:
            raise
        except PaymentRejected:
            # Only an open session can be closed; what it became instead is the answer.
            return await self.get_start(session_id)

    async def get(self, subscription_id: str) -> RemoteSubscription:
        return read_subscription(
            await answered(self._v1.subscriptions.retrieve_async(subscription_id))
        )

    async def of_customer(self, customer: str) -> list[RemoteSubscription]:
        listed = await answered(
            self._v1.subscriptions.list_async(
                {"customer": customer, "status": "all", "limit": LISTED_SUBSCRIPTIONS}
            )
        )
        return [read_subscription(found) for found in listed.data]

    async def preview(self, change: Change) -> Preview:
        params: InvoiceCreatePreviewParams = {
            "subscription": change.subscription,
            "subscription_details": {
                "items": [{"id": change.item, "price": change.price}],
                "proration_behavior": "always_invoice",
                "proration_date": int(change.at.timestamp()),
            },
        }
        found = await answered(self._v1.invoices.create_preview_async(params))
        return Preview(found.total, found.amount_due, found.currency.upper())

    async def change(self, change: Change, key: str) -> RemoteSubscription:
        params: SubscriptionUpdateParams = {
            "items": [{"id": change.item, "price": change.price}],
            "proration_behavior": "always_invoice",
            "proration_date": int(change.at.timestamp()),
            "payment_behavior": "error_if_incomplete",
        }
        return read_subscription(
            await answered(
                self._v1.subscriptions.update_async(
                    change.subscription, params, {"idempotency_key": key}
                )
            )
        )

    async def end_with_period(self, subscription_id: str, ends: bool) -> RemoteSubscription:
        return read_subscription(
            await answered(
                self._v1.subscriptions.update_async(subscription_id, {"cancel_at_period_end": ends})
            )
        )

    async def cancel(self, subscription_id: str, *, credit: bool) -> RemoteSubscription:
        try:
            return read_subscription(
                await answered(
                    self._v1.subscriptions.cancel_async(subscription_id, {"prorate": credit})
                )
            )
        except UnknownSession:
            # One that is over can't be found by those who would end it.
            return await self.get(subscription_id)

    async def invoices(self, customer: str) -> list[Invoice]:
        listed = await answered(
            self._v1.invoices.list_async({"customer": customer, "limit": LISTED})
        )
        return [read_invoice(found) for found in listed.data]

    async def portal(self, customer: str, return_url: str, language: str) -> str:
        session = await answered(
            self._v1.billing_portal.sessions.create_async(
                {"customer": customer, "return_url": return_url, "locale": locale(language)}
            )
        )
        return session.url
