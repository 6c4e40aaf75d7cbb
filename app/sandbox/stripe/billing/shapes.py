"""Complete objects of Stripe Billing, every key that Stripe's own have, as of `API_VERSION`."""

from app.sandbox.stripe.shapes import ADDRESS
from app.sandbox.stripe.store import Document


def _nulls(names: str) -> Document:
    return dict.fromkeys(names.split())


def product() -> Document:
    return {
        **_nulls(
            "default_price description package_dimensions shippable statement_descriptor tax_code "
            "unit_label url"
        ),
        "object": "product",
        "active": True,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "type": "service",
    }


def price() -> Document:
    """`price` that recurs."""
    return {
        **_nulls("custom_unit_amount lookup_key nickname tiers_mode transform_quantity"),
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "livemode": False,
        "metadata": {},
        "tax_behavior": "unspecified",
        "type": "recurring",
    }


def plan_of(price: Document) -> Document:
    """The legacy `plan` that still stands beside a subscription item's price."""
    recurring = price["recurring"]
    return {
        **_nulls("meter nickname tiers_mode transform_usage trial_period_days"),
        "object": "plan",
        "id": price["id"],
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": {},
        "product": price["product"],
        "usage_type": "licensed",
    }


def customer() -> Document:
    return {
        **_nulls(
            "address currency default_source description discount email name phone shipping test_clock"
        ),
        "object": "customer",
        "balance": 0,
        "delinquent": False,
        "invoice_settings": _nulls("custom_fields default_payment_method footer rendering_options"),
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    }


def payment_method(number: str, month: int, year: int) -> Document:
    """`payment_method`: a card."""
    return {
        **_nulls("customer customer_account"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": {
            **_nulls("email name phone tax_id"),
            "address": dict.fromkeys(ADDRESS),
        },
        "card": {
            **_nulls("generated_from regulated_status wallet"),
            "brand": "visa",
            "checks": {
                **_nulls("address_line1_check address_postal_code_check"),
                "cvc_check": "pass",
            },
            "country": "US",
            "display_brand": "visa",
            "exp_month": month,
            "exp_year": year,
            "fingerprint": "Sandbox" + number[-4:],
            "funding": "credit",
            "last4": number[-4:],
            "networks": {"available": ["visa"], "preferred": None},
            "three_d_secure_usage": {"supported": True},
        },
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def subscription() -> Document:
    return {
        **_nulls(
            "application application_fee_percent billing_cycle_anchor_config "
            "billing_thresholds cancel_at canceled_at customer_account days_until_due "
            "default_payment_method default_source description ended_at latest_invoice managed_payments "
            "next_pending_invoice_item_invoice on_behalf_of pause_collection "
            "pending_invoice_item_interval pending_setup_intent pending_update schedule test_clock "
            "transfer_data trial_end trial_start"
        ),
        "object": "subscription",
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_mode": {"type": "classic", "flexible": None},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": _nulls("comment feedback reason"),
        "collection_method": "charge_automatically",
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {
            **_nulls("account_tax_ids custom_fields description footer"),
            "issuer": {"type": "self"},
        },
        "livemode": False,
        "metadata": {},
        "payment_settings": {
            **_nulls("payment_method_options payment_method_types"),
            "save_default_payment_method": "off",
        },
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }


def item(id: str, price: Document, subscription: str, now: int) -> Document:
    """`subscription_item`, without its period."""
    return {
        "id": id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "discounts": [],
        "metadata": {},
        "plan": plan_of(price),
        "price": price,
        "quantity": 1,
        "subscription": subscription,
        "tax_rates": [],
    }


def portal_session() -> Document:
    return {
        **_nulls("customer_account flow locale on_behalf_of return_url"),
        "object": "billing_portal.session",
        "livemode": False,
    }
