from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import BadSignature, ExpiredLink
from app.core.settings import get_settings
from app.core.signing import read_id, read_token, sign_id, sign_token, sign_url, verify_url

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


@given(st.dictionaries(TEXT, TEXT, max_size=4))
def test_a_token_gives_back_what_it_carries(payload: dict[str, str]) -> None:
    assert read_token("test", sign_token("test", payload, NOW), NOW) == payload


def test_a_token_serves_its_purpose_alone() -> None:
    with pytest.raises(BadSignature):
        read_token("download", sign_token("reset", {"id": 1}, NOW), NOW)


@given(st.data())
def test_one_changed_character_spoils_a_token(data: st.DataObject) -> None:
    token = sign_token("test", {"id": "abc"}, NOW)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_.").filter(lambda c: c != token[at]))
    changed = token[:at] + other + token[at + 1 :]
    with pytest.raises(BadSignature):
        read_token("test", changed, NOW)


def test_a_token_lives_until_its_expiry_and_not_a_second_longer() -> None:
    token = sign_token("test", {"id": 1}, NOW, timedelta(minutes=10))
    assert read_token("test", token, NOW + timedelta(minutes=10, seconds=-1)) == {"id": 1}
    with pytest.raises(ExpiredLink):
        read_token("test", token, NOW + timedelta(minutes=10))


@given(st.text(max_size=200))
def test_rubbish_is_a_bad_signature_and_nothing_worse(token: str) -> None:
    with pytest.raises(BadSignature):
        read_token("test", token, NOW)


def test_a_signed_url_gives_its_parameters() -> None:
    url = sign_url("/p/x", {"src": "news & co", "n": ""}, NOW)
    assert verify_url("/p/x", _query(url), NOW) == {"src": "news & co", "n": ""}


@pytest.mark.parametrize(
    "change", [{"src": "b"}, {"extra": "1"}, {"ts": "1"}, {"exp": "9999999999"}, {"sig": ""}]
)
def test_any_changed_parameter_spoils_a_url(change: dict[str, str]) -> None:
    query = _query(sign_url("/p/x", {"src": "a"}, NOW, timedelta(hours=1)))
    with pytest.raises(BadSignature):
        verify_url("/p/x", {**query, **change}, NOW)
    with pytest.raises(BadSignature):
        verify_url("/p/y", query, NOW)


def test_a_removed_parameter_spoils_a_url() -> None:
    query = _query(sign_url("/p/x", {"src": "a"}, NOW))
    del query["src"]
    with pytest.raises(BadSignature):
        verify_url("/p/x", query, NOW)


def test_old_keys_verify_and_only_the_first_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Any = get_settings()
    old, new = "o" * 40, "n" * 40
    monkeypatch.setattr(settings, "secret_keys", [old])
    token, url = sign_token("test", {"id": 1}, NOW), sign_url("/p/x", {"a": "1"}, NOW)
    monkeypatch.setattr(settings, "secret_keys", [new, old])
    assert read_token("test", token, NOW) == {"id": 1}
    assert verify_url("/p/x", _query(url), NOW) == {"a": "1"}
    rotated = sign_token("test", {"id": 1}, NOW)
    monkeypatch.setattr(settings, "secret_keys", [new])
    assert read_token("test", rotated, NOW) == {"id": 1}
    with pytest.raises(BadSignature):
        read_token("test", token, NOW)


@given(st.uuids())
def test_a_short_token_gives_back_its_id(id: UUID) -> None:
    token = sign_id("test", id, NOW)
    assert read_id("test", token) == id and len(token) == 42


@given(st.data())
def test_one_changed_character_spoils_a_short_token(data: st.DataObject) -> None:
    token = sign_id("test", UUID(int=7), NOW)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_.").filter(lambda c: c != token[at]))
    for changed in (token[:at] + other + token[at + 1 :], token[:at], token + other):
        with pytest.raises(BadSignature):
            read_id("test", changed)
    with pytest.raises(BadSignature):
        read_id("another", token)


def test_short_tokens_of_an_older_key_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    token, keys = sign_id("test", UUID(int=7), NOW), get_settings().secret_keys
    monkeypatch.setattr(get_settings(), "secret_keys", ["a-newer-key-of-thirty-two-letters", *keys])
    assert read_id("test", token) == UUID(int=7) and sign_id("test", UUID(int=7), NOW) != token
    monkeypatch.setattr(get_settings(), "secret_keys", ["a-newer-key-of-thirty-two-letters"])
    with pytest.raises(BadSignature):
        read_id("test", token)
