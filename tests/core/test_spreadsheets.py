"""Cells that spreadsheets show and never run, phone numbers among them."""

import csv
import io

import pytest

from app.core.spreadsheets import FORMULA_STARTS, csv_text, phone_cell, safe_cell


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_could_be_a_formula_is_words(start: str) -> None:
    for text in (start, f"{start}cmd|' /C calc'!A0", f"{start}1", f"{start}1-2", f"{start}1 2+3"):
        assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a=1",
        "Ann",
        "42",
        "0",
        "12345678901",
        "Room 12",
        "a3-4",
        "'=1",
        "https://a.example/?b=+1",
    ],
)
def test_what_could_be_none_stays(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    "text",
    ["00123", "0049170", "3-4", "1/2", "10:30", "1e5", "1.50", "1,5", "123456789012", "2026-03-01", "5 May", "mar-5", "SEPT2",
     "10 am", "50%", " 007 ", "3\u20134", "(12)", "1 Dec 2026"],
)  # fmt: skip
def test_what_a_spreadsheet_would_change_is_kept_whole(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


NUMBERS = {
    "+491701234567": "+49 1701234567",
    "+12025550123": "+1 2025550123",
    "+79161234567": "+7 9161234567",
    "+420601123456": "+420 601123456",
    "+4312345678": "+43 12345678",
    "+3585012345": "+358 5012345",
    "+998901234567": "+998 901234567",
    "": "",
}


@pytest.mark.parametrize(("number", "shown"), NUMBERS.items())
def test_a_phone_number_is_shown_whole(number: str, shown: str) -> None:
    assert phone_cell(number) == shown
    assert safe_cell(shown) == shown


def test_what_is_no_phone_number_is_made_safe() -> None:
    assert phone_cell("=1+1") == "'=1+1"
    assert safe_cell("+49 17012345678901234") == "'+49 17012345678901234"


def test_rows_come_back_as_they_were() -> None:
    rows = [("a", 'say "so", then', "two\nlines"), ("ü", "", "+49 1701234567")]
    assert [tuple(row) for row in csv.reader(io.StringIO(csv_text(rows)))] == rows
