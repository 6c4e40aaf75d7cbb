"""Stripe's own client, and its errors in our words."""

from collections.abc import Awaitable
from typing import Any, TypeVar, cast

import stripe
from stripe import StripeClient

from app.core.settings import get_settings
from app.payments.gateway import (
    AmountTooSmall,
    CardDeclined,
    PaymentRejected,
    PaymentUnavailable,
    UnknownSession,
)

TIMEOUT_SECONDS = 15.0
NETWORK_RETRIES = 2
# Languages of Stripe's pages; with another they follow the browser.
LANGUAGES = frozenset(
    {"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "ja", "ko", "lt"}
    | {"lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "zh"}
)

Result = TypeVar("Result")


def make_client(api_key: str = "") -> StripeClient:
    """Return a client for Stripe, or for the sandbox when `stripe_api_base` says where that is; with the installation's
    key, unless another is given."""
    settings = get_settings()
    base = settings.stripe_api_base
    return StripeClient(
        api_key or settings.stripe_api_key or "unset",
        base_addresses={"api": base} if base else None,
        http_client=stripe.HTTPXClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=NETWORK_RETRIES,
    )


async def answered(call: Awaitable[Result]) -> Result:
    """Await a call to Stripe and translate its errors. Raises PaymentUnavailable, PaymentRejected."""
    try:
        return await call
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" or error.http_status == 404:
            raise UnknownSession from error
        if error.code == "amount_too_small":
            raise AmountTooSmall from error
        raise PaymentRejected from error
    except stripe.CardError as error:
        raise CardDeclined from error
    except stripe.IdempotencyError as error:
        raise PaymentRejected from error
    except stripe.StripeError as error:
        raise PaymentUnavailable from error


def id_of(value: Any) -> str | None:
    """Return the id of what Stripe sent as an id or as an object."""
    return value if value is None or isinstance(value, str) else str(value.id)


def metadata_of(value: Any) -> dict[str, str]:
    return cast(dict[str, str], value.to_dict()) if value else {}
