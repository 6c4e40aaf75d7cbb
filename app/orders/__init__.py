"""Purchases: checkout, orders, fulfilment, download links, refunds."""
