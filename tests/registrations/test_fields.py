"""Answers held to their questions, whatever is typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pages.fields import FieldDefinition
from app.registrations.fields import labelled, read_answers, typed_of
from app.registrations.phones import read_phone

TEXT = FieldDefinition(key="text", label="Text", kind="text", min=2, max=5)
NUMBER = FieldDefinition(key="number", label="Number", kind="number", min=-3, max=7)
CHOICE = FieldDefinition(key="choice", label="Choice", kind="choice", options=("A", "B"))
CHECK = FieldDefinition(key="check", label="Check", kind="checkbox", required=True)
DATE = FieldDefinition(key="date", label="Date", kind="date")
ALL = (TEXT, NUMBER, CHOICE, CHECK, DATE)
NAMES = [f"answer_{field.key}" for field in ALL]


@given(st.dictionaries(st.sampled_from([*NAMES, "answer_other", "name"]), st.text(max_size=30)))
def test_what_is_accepted_fits(typed: dict[str, str]) -> None:
    answers, wrong = read_answers(ALL, typed)
    assert set(wrong) <= set(NAMES)
    assert set(answers) <= {field.key for field in ALL}
    assert not {f"answer_{key}" for key in answers} & set(wrong)
    assert len(str(answers.get("text", "xx"))) in range(2, 6)
    assert -3 <= float(answers.get("number", 0)) <= 7
    assert answers.get("choice", "A") in ("A", "B")
    assert answers.get("check") is True or "answer_check" in wrong
    if "date" in answers:
        date.fromisoformat(str(answers["date"]))


@given(st.text("+0123456789 ()-./x", max_size=25))
def test_a_number_is_one_that_can_be_dialled(text: str) -> None:
    try:
        number = read_phone(text)
    except ValueError:
        return
    assert number == "" or (number[0] == "+" and number[1:].isdigit() and 8 <= len(number) <= 16)
    assert read_phone(number) == number


def test_answers_come_back_as_they_were_typed() -> None:
    typed = {"answer_text": "abc", "answer_number": "2.5", "answer_choice": "B", "answer_check": "on", "answer_date": "2027-02-01"}  # fmt: skip
    answers, wrong = read_answers(ALL, typed)
    assert not wrong
    assert typed_of(ALL, answers) == typed
    assert labelled(ALL, {**answers, "old": "x"}) == [
        ("Text", "abc"),
        ("Number", "2.5"),
        ("Choice", "B"),
        ("Check", "Yes"),
        ("Date", "Feb 1, 2027"),
        ("old", "x"),
    ]


@pytest.mark.parametrize(
    "text", ["1e3", "inf", "NaN", "0x1", "1.2.3", "1 000", "--1", "٣", "1.23456"]
)
def test_only_plain_numbers_count(text: str) -> None:
    _answers, wrong = read_answers([NUMBER], {"answer_number": text})
    assert wrong
