"""Secrets that must be read again, sealed where they are stored.

The keys are derived from `secret_keys`, one for each purpose: the first seals, all of them open.
"""

import base64
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

from app.core.settings import get_settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


@lru_cache(maxsize=32)
def _box(purpose: str, key: str) -> "Fernet":
    # Imported when something is sealed: the library takes 13 MB, and most processes never need it.
    from cryptography.fernet import Fernet

    derived = hmac.digest(key.encode(), b"mayfly:sealed:" + purpose.encode(), "sha256")
    return Fernet(base64.urlsafe_b64encode(derived))


def _open(purpose: str, sealed: str, key: str) -> str | None:
    from cryptography.fernet import InvalidToken

    try:
        return _box(purpose, key).decrypt(sealed).decode()
    except InvalidToken:
        return None


def seal(purpose: str, text: str) -> str:
    """Return `text` encrypted and authenticated (Fernet), for `unseal` with the same purpose."""
    return _box(purpose, get_settings().secret_keys[0]).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str | None:
    """Return what was sealed; None when no present key opens it, or when it was changed."""
    keys = get_settings().secret_keys
    return next(
        (text for key in keys if (text := _open(purpose, sealed, key)) is not None),
        None,
    )


def is_fresh(purpose: str, sealed: str) -> bool:
    """Whether the first of the keys sealed it; else it should be sealed anew before that key is dropped."""
    return _open(purpose, sealed, get_settings().secret_keys[0]) is not None
