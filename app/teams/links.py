"""Links of invitations: signed, and with a secret of which only the hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from app.core.errors import BadSignature
from app.core.ids import parse_id
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token

LINK_AGE = timedelta(days=7)


def new_secret() -> str:
    return secrets.token_urlsafe(24)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def invitation_token(invitation_id: UUID, secret: str, now: datetime) -> str:
    """Return what a mail carries; good for LINK_AGE."""
    payload = {"invitation": str(invitation_id), "secret": secret}
    return sign_token("invitation", payload, now, LINK_AGE)


def invitation_url(token: str) -> str:
    return f"{get_settings().base_url}/invitations/{token}"


def read_invitation_token(token: str, now: datetime) -> tuple[UUID, str]:
    """Return the invitation's id and the hash of its secret. Raises BadSignature, ExpiredLink."""
    payload = read_token("invitation", token, now)
    invitation_id = parse_id(payload.get("invitation"))
    if invitation_id is None:
        raise BadSignature
    return invitation_id, hash_of(str(payload.get("secret")))
