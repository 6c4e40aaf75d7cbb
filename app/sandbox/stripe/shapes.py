"""Complete objects, every key that Stripe's own have, as of the API version below."""

from app.sandbox.stripe.store import Document

API_VERSION = "2026-10-28.endive"
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def _nulls(names: str) -> Document:
    return dict.fromkeys(names.split())


def checkout_session() -> Document:
    """`checkout.session` in mode `payment`, open and unpaid."""
    return {
        **_nulls(
            "after_expiration allow_promotion_codes billing_address_collection cancel_url "
            "client_reference_id client_secret consent consent_collection currency_conversion customer "
            "customer_account customer_creation customer_details customer_email collected_information "
            "integration_identifier invoice locale origin_context payment_intent payment_link "
            "payment_method_configuration_details permissions recovered_from "
            "saved_payment_method_options setup_intent shipping_address_collection shipping_cost "
            "submit_type subscription success_url url wallet_options"
        ),
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "custom_text": _nulls("after_submit shipping_address submit terms_of_service_acceptance"),
        "discounts": [],
        "invoice_creation": _invoice_creation(),
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }


def _invoice_creation() -> Document:
    data = _nulls("account_tax_ids custom_fields description footer issuer rendering_options")
    return {"enabled": False, "invoice_data": {**data, "metadata": {}}}


def line_item() -> Document:
    """`item`, as in a Checkout Session's `line_items`."""
    return {
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_tax": 0,
        "metadata": {},
        "price": {
            **_nulls(
                "custom_unit_amount lookup_key nickname recurring tiers_mode transform_quantity"
            ),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "livemode": False,
            "metadata": {},
            "tax_behavior": "unspecified",
            "type": "one_time",
        },
    }


def payment_intent() -> Document:
    """`payment_intent` that waits for its first payment method."""
    return {
        **_nulls(
            "application application_fee_amount automatic_payment_methods canceled_at "
            "cancellation_reason customer customer_account description excluded_payment_method_types "
            "last_payment_error latest_charge managed_payments next_action on_behalf_of payment_method "
            "payment_method_configuration_details processing receipt_email review setup_future_usage "
            "shipping source statement_descriptor statement_descriptor_suffix transfer_data "
            "transfer_group"
        ),
        "object": "payment_intent",
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "livemode": False,
        "metadata": {},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def charge() -> Document:
    """`charge` that is neither paid nor failed yet."""
    return {
        **_nulls(
            "application application_fee application_fee_amount balance_transaction "
            "calculated_statement_descriptor customer description failure_balance_transaction "
            "failure_code failure_message on_behalf_of receipt_email receipt_number receipt_url "
            "review shipping source source_transfer statement_descriptor statement_descriptor_suffix "
            "transfer_data transfer_group"
        ),
        "object": "charge",
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": {
            **_nulls("email name phone tax_id"),
            "address": dict.fromkeys(ADDRESS),
        },
        "captured": False,
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "outcome": {
            **_nulls("advice_code network_advice_code network_decline_code reason"),
            "network_status": "approved_by_network",
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": False,
        "refunded": False,
        "status": "pending",
    }


def card_details(number: str, month: int, year: int) -> Document:
    """A charge's `payment_method_details` for a card."""
    off = {"status": "unavailable"}
    return {
        "type": "card",
        "card": {
            **_nulls(
                "authorization_code installments mandate network_transaction_id regulated_status "
                "three_d_secure transaction_link_id wallet"
            ),
            "amount_authorized": None,
            "brand": "visa",
            "checks": {
                **_nulls("address_line1_check address_postal_code_check"),
                "cvc_check": "pass",
            },
            "country": "US",
            "exp_month": month,
            "exp_year": year,
            "extended_authorization": {"status": "disabled"},
            "fingerprint": "Sandbox" + number[-4:],
            "funding": "credit",
            "incremental_authorization": off,
            "last4": number[-4:],
            "multicapture": off,
            "network": "visa",
            "network_token": {"used": False},
            "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
        },
    }
