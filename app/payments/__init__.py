"""The Stripe gateway and the webhook inbox: sessions, amounts, events; nothing of pages."""
