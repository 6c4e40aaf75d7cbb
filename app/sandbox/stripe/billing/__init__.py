"""Stripe Billing's part of the sandbox: products, prices, customers, subscriptions, invoices and the customer portal."""
