"""The registrant's signed links: one that manages a registration, one that confirms what was typed without scripts."""

from datetime import datetime, timedelta
from uuid import UUID

from app.core.errors import BadSignature
from app.core.ids import parse_id
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token

REGISTRATION = "registration"
CONFIRMATION = "registration-confirmation"
OFFER = "waitlist-offer"
# What was typed without scripts waits this long for its confirmation.
CONFIRM_WITHIN = timedelta(hours=24)


def manage_path(registration_id: UUID, now: datetime) -> str:
    """Return `/registrations/<token>`, which opens one registration for as long as it exists."""
    return f"/registrations/{sign_token(REGISTRATION, {'registration': str(registration_id)}, now)}"


def manage_url(registration_id: UUID, now: datetime) -> str:
    """Return the managing link as an absolute address, for messages."""
    return get_settings().base_url.rstrip("/") + manage_path(registration_id, now)


def read_manage_token(token: str, now: datetime) -> UUID:
    """Return the registration's id. Raises BadSignature (403) when the token was changed."""
    return _id(read_token(REGISTRATION, token, now), "registration")


def confirm_url(pending_id: UUID, now: datetime) -> str:
    """Return the address that turns what was typed into a registration, valid for `CONFIRM_WITHIN`."""
    token = sign_token(CONFIRMATION, {"pending": str(pending_id)}, now, CONFIRM_WITHIN)
    return f"{get_settings().base_url.rstrip('/')}/registrations/confirm/{token}"


def read_confirm_token(token: str, now: datetime) -> UUID:
    """Return the id of what is to be confirmed. Raises BadSignature (403), ExpiredLink (410)."""
    return _id(read_token(CONFIRMATION, token, now), "pending")


def _id(payload: dict[str, object], name: str) -> UUID:
    found = parse_id(payload.get(name, ""))
    if found is None:
        raise BadSignature
    return found


def offer_url(entry_id: UUID, until: datetime, now: datetime) -> str:
    """Return the address at which somebody takes what the waitlist offers them, valid until the offer ends."""
    token = sign_token(OFFER, {"entry": str(entry_id)}, now, until - now)
    return f"{get_settings().base_url.rstrip('/')}/waitlist/{token}"


def read_offer_token(token: str, now: datetime) -> UUID:
    """Return the waitlist entry's id. Raises BadSignature (403), ExpiredLink (410)."""
    return _id(read_token(OFFER, token, now), "entry")
