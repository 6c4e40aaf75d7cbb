"""Phone numbers as the whole world dials them (E.164)."""

import re
import unicodedata

from app.core.i18n import gettext as _
from app.core.text import strip_invisible

# The zero of a number within its country, as it is written beside the country's code: "+49 (0)170".
_TRUNK = re.compile(r"(?<=\d)[\s.\-/]*[(\[]\s*0\s*[)\]]")
_SEPARATORS = re.compile(r"[\s()\[\].\-/]+")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# Countries whose numbers keep the zero after the code: San Marino's landlines, Italy and the Vatican, Ivory Coast, Gabon.
_ZERO_STAYS = ("+39", "+378", "+379", "+225", "+241")


def read_phone(text: str) -> str:
    """Return `text` as "+491701234567"; "" for nothing. Raises ValueError with words for who typed it."""
    plain = _plain(text)
    digits = _SEPARATORS.sub("", _TRUNK.sub("", plain))
    if not digits:
        return ""
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith(_ZERO_STAYS) and _TRUNK.search(plain):
        # The zero in brackets is dialled there.
        digits = _SEPARATORS.sub("", plain)
        digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not _NUMBER.fullmatch(digits):
        raise ValueError(
            _("Please enter the whole number with its country code, such as +49 170 1234567.")
        )
    return digits


def _plain(text: str) -> str:
    """Return what was typed in ASCII: digits of every script as digits, dashes and plus signs of every kind as one."""
    folded = unicodedata.normalize("NFKC", strip_invisible(text)).strip()
    return "".join(
        str(unicodedata.decimal(character))
        if character.isdecimal()
        else "-"
        if unicodedata.category(character) == "Pd" or character == "\u2212"
        else character
        for character in folded
    )
