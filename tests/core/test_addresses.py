"""Addresses: one canonical form, one form for servers, and words for what can't be mailed."""

import pytest

from app.core.addresses import MailAddress, canonical_address, read_address, wire_address
from app.core.forms import FormModel, validate

SAME = {
    "kurt@bücher.example": "kurt@bücher.example",
    "kurt@xn--bcher-kva.example": "kurt@bücher.example",
    "Kurt@XN--BCHER-KVA.Example": "Kurt@bücher.example",
    "Kurt@BÜCHER.example": "Kurt@bücher.example",
    "kurt@bu\u0308cher.example": "kurt@bücher.example",
    "a@例え。テスト": "a@例え.テスト",
    "a@fass.de": "a@fass.de",
    "a@faß.de": "a@faß.de",
    " Ann <ann@Example.com> ": "ann@example.com",
    "\u200eann@example.com\u200b": "ann@example.com",
    "o'x+tag@example.co.uk": "o'x+tag@example.co.uk",
}


@pytest.mark.parametrize(("typed", "kept"), SAME.items())
def test_each_way_of_writing_is_kept_as_one(typed: str, kept: str) -> None:
    assert read_address(typed) == kept
    assert canonical_address(typed) == kept
    assert canonical_address(kept) == kept
    assert wire_address(kept).isascii()
    assert read_address(wire_address(kept)) == kept


def test_servers_are_told_the_ascii_form() -> None:
    assert wire_address("kurt@bücher.example") == "kurt@xn--bcher-kva.example"
    assert wire_address("a@faß.de") == "a@xn--fa-hia.de"
    with pytest.raises(ValueError, match="before the @"):
        wire_address("jürgen@example.com")


class _Form(FormModel):
    email: MailAddress


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("jürgen@example.com", "“ü” before the @"),
        ("用户@例え.テスト", "before the @"),
        ("ann", "@"),
        ("ann@", "after the @"),
        ("a@xn--abc.de", "after the @"),
        ("a@b@example.com", "@"),
        ("a" * 250 + "@example.com", "At most 254"),
        ("a" * 1200 + "@example.com", "At most"),
        ("ann@example.com\r\nBcc: x@example.com", ""),
    ],
)
def test_what_cannot_be_mailed_is_refused_beside_its_field(typed: str, words: str) -> None:
    form = validate(_Form, {"email": typed})
    assert words in (form.error("email") or "")
    assert form.error("email")
    assert form.value("email") == typed


def test_what_is_no_address_is_looked_up_as_it_is() -> None:
    assert canonical_address(" jürgen@example.com ") == "jürgen@example.com"
    assert canonical_address("") == ""
