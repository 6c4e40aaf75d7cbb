"""Secrets that must be read again, sealed where they are stored: AES-256-GCM, with a fresh nonce each.

The keys are derived from `secret_keys`, one for each purpose: the first seals, all of them open.
"""

import base64
import binascii
import hmac

from Crypto.Cipher import AES
from Crypto.Random import get_random_bytes

from app.core.settings import get_settings

NONCE_BYTES, TAG_BYTES = 12, 16


def _derived(purpose: str, key: str) -> bytes:
    return hmac.digest(key.encode(), b"mayfly:sealed:" + purpose.encode(), "sha256")


def _open(purpose: str, sealed: str, key: str) -> str | None:
    try:
        data = base64.urlsafe_b64decode(sealed)
    except (binascii.Error, ValueError):
        return None
    nonce, tag = data[:NONCE_BYTES], data[NONCE_BYTES : NONCE_BYTES + TAG_BYTES]
    if len(tag) < TAG_BYTES:
        return None
    cipher = AES.new(_derived(purpose, key), AES.MODE_GCM, nonce=nonce)
    try:
        return cipher.decrypt_and_verify(data[NONCE_BYTES + TAG_BYTES :], tag).decode()
    except ValueError:
        return None


def seal(purpose: str, text: str) -> str:
    """Return `text` encrypted and authenticated, for `unseal` with the same purpose."""
    nonce = get_random_bytes(NONCE_BYTES)
    key = _derived(purpose, get_settings().secret_keys[0])
    sealed, tag = AES.new(key, AES.MODE_GCM, nonce=nonce).encrypt_and_digest(text.encode())
    return base64.urlsafe_b64encode(nonce + tag + sealed).decode()


def unseal(purpose: str, sealed: str) -> str | None:
    """Return what was sealed; None when no present key opens it, or when it was changed."""
    opened = (_open(purpose, sealed, key) for key in get_settings().secret_keys)
    return next((text for text in opened if text is not None), None)


def is_fresh(purpose: str, sealed: str) -> bool:
    """Whether the first of the keys sealed it; else it should be sealed anew before that key is dropped."""
    return _open(purpose, sealed, get_settings().secret_keys[0]) is not None
