"""Stripe's events, each kept once under its own id."""

from piccolo.columns import JSONB, Timestamptz, Varchar
from piccolo.table import Table


class StripeEvent(Table, tablename="stripe_event"):
    """One verified webhook event, as sent. `processed_at` is set when its handler has run."""

    id = Varchar(length=255, primary_key=True, null=False)
    type = Varchar(length=100, null=False)
    payload = JSONB(null=False)
    received_at = Timestamptz(null=False)
    processed_at = Timestamptz(null=True, default=None)
