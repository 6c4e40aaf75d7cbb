"""What people type: joiners of scripts and emoji stay, what is invisible and misleads goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.forms import FormModel, validate
from app.core.text import clean_text, strip_invisible

KEPT = (
    "Ann Müller",
    "می\u200cخواهم",  # noqa: RUF001
    "क्\u200dष",
    "👨\u200d👩\u200d👧",
    "❤\ufe0f\u200d🔥",
    "🏴\U000e0067\U000e0062\U000e007f",
    "ភាសា\u200bខ្មែរ",
    "Donau\xaddampf",
    "שלום C++\u200f, עולם",
    "two\nlines\tand a tab",
    "e\u0301",
    "日本\u3000語",
)
CHANGED = {
    "\u202eevil": "evil",
    "a\u202ab\u2066c\u2069": "abc",
    "\u200eAnn\u200f": "Ann",
    "\ufeffAnn": "Ann",
    "Ann\u200d": "Ann",
    "\u200cAnn \u200d Lee": "Ann  Lee",
    "a\x1b[31m\x07b": "a[31mb",
    "\u200b": "",
    "\u200d\u200c \u2060": "",
    "\u3164\uffa0": "",
    "\u2800\u2800": "",
    "\u0301": "",
}


@pytest.mark.parametrize("text", KEPT)
def test_what_a_script_needs_stays(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(("text", "kept"), CHANGED.items())
def test_what_is_invisible_and_misleads_goes(text: str, kept: str) -> None:
    assert clean_text(text) == kept


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_what_machines_read_has_nothing_invisible() -> None:
    assert strip_invisible("\u202a+49\u200b 170\u202c\u00ad") == "+49 170"


class _Form(FormModel):
    name: str
    tags: list[str] = []


def test_forms_clean_and_keep_what_was_typed() -> None:
    form = validate(_Form, {"name": "\u202eAnn", "tags": ["\u200b", "b"]})
    assert form.data is not None
    assert (form.data.name, form.data.tags) == ("Ann", ["", "b"])
    assert form.value("name") == "\u202eAnn"
