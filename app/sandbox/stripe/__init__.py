"""A sandbox of Stripe: the part of its API that Mayfly uses, a hosted checkout page, signed webhooks.

Objects have the shape of the API version that the SDK pins; no money moves and no network is used but
the webhook endpoint's. Each API key `sk_test_<name>` is an account of its own.
"""
