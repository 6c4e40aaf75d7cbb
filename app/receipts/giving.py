"""Giving a receipt, showing it again, and telling whether it is somebody's."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings

ACCOUNT, REGISTRATION = "account", "registration"
# Crockford's alphabet: no I, L, O, U, so that a number can be read out.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12
_SIGNS = frozenset(_ALPHABET + "-")


@dataclass(frozen=True)
class Receipt:
    """What was erased and when; `details` are figures by name."""

    number: str
    kind: str
    details: Mapping[str, int]
    at: datetime


async def give_receipt(kind: str, address: str, now: datetime, **details: int) -> str:
    """Note, in the current transaction, that somebody's things were erased; return the receipt's number."""
    number = _new_number()
    await db.execute(
        """INSERT INTO erasure_receipt (id, number, kind, digest, details, at)
           VALUES ($1, $2, $3, $4, $5::text::jsonb, $6)""",
        *(new_id(), number, kind, _digest(number, address), json.dumps(details), now),
    )
    return number


async def receipt_of(number: str) -> Receipt | None:
    if not set(number) <= _SIGNS:
        return None
    row = await db.fetch_one(
        "SELECT number, kind, details, at FROM erasure_receipt WHERE number = $1", number
    )
    if row is None:
        return None
    return Receipt(row["number"], row["kind"], json.loads(row["details"]), row["at"])


async def belongs_to(number: str, address: str) -> bool:
    """Whether a receipt was given for this address or phone number."""
    digest = await db.fetch_value("SELECT digest FROM erasure_receipt WHERE number = $1", number)
    return digest is not None and hmac.compare_digest(digest, _digest(number, address))


def receipt_path(number: str) -> str:
    return f"/privacy/receipts/{number}"


def _new_number() -> str:
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def _digest(number: str, address: str) -> str:
    said = "\x1f".join(("receipt", number, address.strip().lower()))
    return hmac.new(get_settings().lasting_key, said.encode(), hashlib.sha256).hexdigest()
