"""Complete invoices and their lines, as of `API_VERSION`."""

from app.sandbox.stripe.store import Document


def _nulls(names: str) -> Document:
    return dict.fromkeys(names.split())


def invoice() -> Document:
    """`invoice` of a subscription, a draft."""
    return {
        **_nulls(
            "account_name account_tax_ids application automatically_finalizes_at custom_fields "
            "customer_account customer_address customer_email customer_name customer_phone "
            "customer_shipping default_payment_method default_source description due_date effective_at "
            "ending_balance footer from_invoice hosted_invoice_url invoice_pdf last_finalization_error "
            "latest_revision next_payment_attempt number on_behalf_of receipt_number rendering "
            "shipping_cost shipping_details statement_descriptor subscription test_clock "
            "total_pretax_credit_amounts webhooks_delivered_at"
        ),
        "object": "invoice",
        "account_country": "DE",
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            **_nulls("disabled_reason liability provider status"),
            "enabled": False,
        },
        "collection_method": "charge_automatically",
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "livemode": False,
        "metadata": {},
        "payment_settings": _nulls("default_mandate payment_method_options payment_method_types"),
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "draft",
        "status_transitions": _nulls("finalized_at marked_uncollectible_at paid_at voided_at"),
        "total_discount_amounts": [],
        "total_taxes": [],
    }


def line(
    subscription: str, item: str, price: Document, amount: int, words: str, proration: bool
) -> Document:
    """`line_item` of an invoice, without its id and period."""
    details = {"invoice_item": None, "proration": proration, "subscription": subscription}
    details |= {"proration_details": {"credited_items": None}, "subscription_item": item}
    return {
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": words,
        "discount_amounts": [],
        "discountable": not proration,
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": 1,
        "quantity_decimal": "1",
        "subscription": subscription,
        "subtotal": amount,
        "taxes": [],
    }
