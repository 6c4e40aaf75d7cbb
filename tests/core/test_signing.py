from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from app.core.errors import BadSignature, ExpiredLink
from app.core.ids import new_id
from app.core.settings import get_settings
from app.core.signing import (
    is_signed,
    read_id,
    read_token,
    sign_id,
    sign_token,
    sign_url,
    verify_url,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


NAMES = ("src", "n")
# What mail gateways, social networks and advertisements add to links.
JUNK = ("fbclid=IwAR0", "utm_source=x&utm_medium=y", "gclid=1", "mc_eid=%00", "a", "=", "sig2=3")
# What mail clients and chat apps take for a part of a link.
GLUED = (
    ".",
    ",",
    ")",
    "%29.",
    ">",
    "%3E",
    '"',
    "'",
    "%20",
    "+",
    "*",
    "_",
    "-",
    "%E3%80%82",
    "%E2%80%9D",
)


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _verified(url: str, path: str = "/p/x", now: datetime = NOW) -> dict[str, str]:
    return verify_url(path, urlsplit(url).query, NAMES, now)


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
    assert _verified(url) == {"src": "news & co", "n": ""}


@pytest.mark.parametrize(
    "change",
    [{"src": "b"}, {"n": "1"}, {"ts": "1"}, {"exp": "9999999999"}, {"sig": ""}, {"sig": "."}],
)
def test_any_changed_parameter_spoils_a_url(change: dict[str, str]) -> None:
    url = sign_url("/p/x", {"src": "a"}, NOW, timedelta(hours=1))
    with pytest.raises(BadSignature):
        _verified("/p/x?" + urlencode({**_query(url), **change}))
    with pytest.raises(BadSignature):
        _verified(f"{url}&{urlencode(change)}")
    with pytest.raises(BadSignature):
        _verified(url, "/p/y")


@pytest.mark.parametrize("name", ["src", "ts", "exp", "sig"])
def test_a_removed_or_repeated_parameter_spoils_a_url(name: str) -> None:
    url = sign_url("/p/x", {"src": "a"}, NOW, timedelta(hours=1))
    query = _query(url)
    with pytest.raises(BadSignature):
        _verified(f"{url}&{name}={query[name]}")
    del query[name]
    with pytest.raises(BadSignature):
        _verified("/p/x?" + urlencode(query))


@pytest.mark.parametrize("junk", JUNK)
def test_what_others_add_to_a_link_is_ignored(junk: str) -> None:
    path, _mark, query = sign_url("/p/x", {"src": "a"}, NOW).partition("?")
    first, _amp, rest = query.partition("&")
    for added in (f"{query}&{junk}", f"{junk}&{query}", f"{first}&{junk}&{rest}"):
        assert _verified(f"{path}?{added}") == {"src": "a"}


@pytest.mark.parametrize("glued", GLUED)
def test_punctuation_at_the_end_of_a_link_is_ignored(glued: str) -> None:
    url = sign_url("/p/x", {"src": "a"}, NOW)
    assert _verified(url + glued) == {"src": "a"}
    with pytest.raises(BadSignature):
        _verified(f"{url}{glued}A")


@pytest.mark.parametrize("escaped", ["&amp;", "&amp;amp;"])
def test_an_escaped_ampersand_is_one(escaped: str) -> None:
    url = sign_url("/p/x", {"src": "a", "n": "1"}, NOW)
    assert _verified(url.replace("&", escaped)) == {"src": "a", "n": "1"}
    assert is_signed(urlsplit(url.replace("&", escaped)).query)
    with pytest.raises(BadSignature):
        _verified(url.replace("&", escaped) + f"{escaped}n=2")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(TEXT, TEXT, max_size=4), st.uuids(version=4))
def test_tokens_begin_and_end_with_a_letter_or_a_digit(payload: dict[str, str], id: UUID) -> None:
    token = sign_token("test", {**payload, "id": str(id), "again": "a" * 200}, NOW)
    assert token[0].isalnum() and token[-1].isalnum()
    assert sign_id("test", new_id(), NOW)[0].isalnum() and sign_id("test", id, NOW)[-1].isalnum()


def test_a_compressed_token_of_before_is_read() -> None:
    body = {"p": {"order": "a" * 300}, "ts": int(NOW.timestamp())}
    keys = list(reversed(get_settings().secret_keys))
    old = str(URLSafeSerializer(keys, salt="token:test").dumps(body))
    assert old.startswith(".") and read_token("test", old, NOW) == body["p"]


def test_old_keys_verify_and_only_the_first_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Any = get_settings()
    old, new = "o" * 40, "n" * 40
    monkeypatch.setattr(settings, "secret_keys", [old])
    token, url = sign_token("test", {"id": 1}, NOW), sign_url("/p/x", {"n": "1"}, NOW)
    monkeypatch.setattr(settings, "secret_keys", [new, old])
    assert read_token("test", token, NOW) == {"id": 1}
    assert _verified(url) == {"n": "1"}
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
