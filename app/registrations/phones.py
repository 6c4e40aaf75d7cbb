"""Phone numbers as the whole world dials them (E.164)."""

import re

from app.core.i18n import gettext as _

_SEPARATORS = re.compile(r"[\s().\-/\u00a0]+")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def read_phone(text: str) -> str:
    """Return `text` as "+491701234567"; "" for nothing. Raises ValueError with words for who typed it."""
    digits = _SEPARATORS.sub("", text)
    if not digits:
        return ""
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not _NUMBER.fullmatch(digits):
        raise ValueError(
            _("Please enter the whole number with its country code, such as +49 170 1234567.")
        )
    return digits
