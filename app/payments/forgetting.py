"""Stripe's events hold names and addresses: what was dealt with is kept only as long as somebody may look into it."""

from app.core.retaining import Rows

EVENTS = (Rows("stripe_event", "processed_at IS NOT NULL AND received_at < $1"),)
