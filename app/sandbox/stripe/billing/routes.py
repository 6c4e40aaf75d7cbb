"""Stripe Billing's part of `/v1`; what is merely read is listed in `api.py`."""

from collections.abc import Callable

from app.sandbox.stripe.billing import catalog, customers, invoices, portal, subscriptions
from app.sandbox.stripe.store import Document

BILLING: list[tuple[str, str, Callable[..., Document]]] = [
    ("POST", r"/v1/products", catalog.create_product),
    ("POST", r"/v1/prices", catalog.create_price),
    ("POST", r"/v1/customers", customers.create),
    ("POST", r"/v1/customers/(\w+)", customers.update),
    ("POST", r"/v1/subscriptions/(\w+)", subscriptions.update),
    ("DELETE", r"/v1/subscriptions/(\w+)", subscriptions.cancel),
    ("POST", r"/v1/invoices/create_preview", invoices.preview),
    ("POST", r"/v1/invoices/(\w+)/pay", invoices.pay),
    ("POST", r"/v1/billing_portal/sessions", portal.create),
]
