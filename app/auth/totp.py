"""Codes of authenticator apps (RFC 6238): six digits, a new one every thirty seconds."""

from datetime import datetime

import segno
from pyotp import random_base32
from pyotp.exceptions import OTPVerificationError
from pyotp.totp import TOTP

ISSUER = "Mayfly"
DIGITS = 6
# Clocks of phones are a little off, and people type slowly: one code before and one after the present one count.
DRIFT_STEPS = 1


def new_secret() -> str:
    """Return a key of 160 bits in base32."""
    return random_base32()


def spaced(secret: str) -> str:
    """Return the key in groups of four, as people type it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def app_uri(secret: str, email: str) -> str:
    """Return the otpauth:// address that an authenticator app reads."""
    return TOTP(secret, digits=DIGITS).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_svg(uri: str) -> str:
    """Return the address as an SVG element; without inline styles, which our pages refuse."""
    code = segno.make_qr(uri, error="m")
    return code.svg_inline(omitsize=True, border=3, dark="#0b1513", light="#fff", svgclass="qr")


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the number of the thirty seconds that `code` is of, within the drift; None when it is of none."""
    code = code.replace(" ", "")
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    try:
        return TOTP(secret, digits=DIGITS).verify_and_get_timecode(
            code, for_time=now, valid_window=DRIFT_STEPS
        )
    except OTPVerificationError:
        return None
