"""Tables as CSV that spreadsheets read right, and never run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

# Excel takes a file for UTF-8 only when it begins with this.
BOM = "\ufeff"
FULL_WIDTH = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
# What spreadsheets take for the beginning of a formula (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH)
# A plus, digits and a space add up to nothing: shown as they are, and not as a number in powers of ten either.
HARMLESS = re.compile(r"\+[0-9]{1,3} [0-9]{4,14}")


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and does not run it. A phone number stays as `phone_cell` writes it."""
    harmless = not text.startswith(FORMULA_STARTS) or HARMLESS.fullmatch(text)
    return text if harmless else f"'{text}"


# The countries' codes of two digits (ITU-T E.164, 2016); +1 and +7 have one, all others three.
_TWO_DIGITS = re.compile(r"\+(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])")


def phone_cell(number: str) -> str:
    """Return a phone number ("+491701234567") as "+49 1701234567": a spreadsheet takes that for words, not for a number
    that it shortens. "" stays ""."""
    code = _TWO_DIGITS.match(number)
    length = len(code[0]) if code else 2 if number[1:2] in ("1", "7") else 4
    return f"{number[:length]} {number[length:]}" if number.startswith("+") else safe_cell(number)


def time_cell(moment: datetime | None) -> str:
    """Return a time in ISO 8601, in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of cells, each made safe already, as lines of CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
