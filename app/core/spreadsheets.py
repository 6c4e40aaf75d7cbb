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
# No spreadsheet takes more for a number or a date.
LONGEST_CHANGED = 255
# A plus, digits and a space add up to nothing: shown as they are, and not as a number in powers of ten either.
HARMLESS = re.compile(r"\+[0-9]{1,3} [0-9]{4,14}")
# What spreadsheets read as a date, a time, a fraction or a number with other digits: "3-4", "1/2", "10:30", "1e5", "1.50".
_NUMERIC = re.compile(
    r"[\d\s.,/:()%\u2010-\u2015\u2212-]*\d[\d\s.,/:()%\u2010-\u2015\u2212-]*(?:e[+-]?\d+|[ap]m?)?",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    rf"(?:\d{{1,4}}[\s./-]*{_MONTH}(?:[\s.,/-]*\d{{1,4}})?|{_MONTH}[\s./-]*\d{{1,4}}(?:[\s.,/-]+\d{{1,4}})?)",
    re.IGNORECASE,
)
# These stay as they are: eleven digits are shown whole.
_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,10}")
# Four numbers are no date.
_IP_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet shows it whole: it is neither run nor taken for a number or a date.

    What would be gets an apostrophe before it, as formulas do: `00123` stays `'00123` and never becomes 123. A phone number
    stays as `phone_cell` writes it.
    """
    return f"'{text}" if _is_run(text) or _is_changed(text) else text


def _is_run(text: str) -> bool:
    return text.startswith(FORMULA_STARTS) and not HARMLESS.fullmatch(text)


def _is_changed(text: str) -> bool:
    bare = text.strip()
    if not bare or len(bare) > LONGEST_CHANGED:
        return False
    if _PLAIN_NUMBER.fullmatch(text) or _IP_ADDRESS.fullmatch(text):
        return False
    return bool(_NUMERIC.fullmatch(bare) or _DATE.fullmatch(bare))


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
