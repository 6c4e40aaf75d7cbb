"""Signed links: exact about what they carry, to whom they belong and how long they live."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import BadSignature, ExpiredLink
from app.core.ids import new_id
from app.core.settings import get_settings
from app.core.signing import sign_token
from app.orders import links

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _claim(address: str, now: datetime = NOW) -> links.DownloadClaim:
    path = links.download_path(new_id(), new_id(), address, now)
    return links.read_download_token(path.removeprefix("/d/"), now)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:12:3456::9", "2001:db8:12::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
    ],
)
def test_a_network_is_a_household(address: str, network: str) -> None:
    assert links.network_of(address) == network


def test_strict_and_off_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "download_binding", "strict")
    strict = _claim("203.0.113.77")
    assert strict.fits("203.0.113.77")
    assert not strict.fits("203.0.113.78")
    monkeypatch.setattr(get_settings(), "download_binding", "off")
    assert _claim("203.0.113.77").fits("198.51.100.1")


def test_a_download_link_carries_its_file_and_its_network() -> None:
    order_id, file_id = new_id(), new_id()
    path = links.download_path(order_id, file_id, "203.0.113.77", NOW)
    claim = links.read_download_token(path.removeprefix("/d/"), NOW)
    assert (claim.order_id, claim.file_id) == (order_id, file_id)
    assert claim.fits("203.0.113.1")
    assert not claim.fits("203.0.114.1")
    assert not claim.fits("2001:db8::1")


def test_a_download_link_lives_for_ten_minutes_to_the_second() -> None:
    claim = _claim("203.0.113.77")
    assert not claim.expired(NOW + timedelta(minutes=10, seconds=-1))
    assert claim.expired(NOW + timedelta(minutes=10))


def test_an_order_link_lasts_and_then_ends() -> None:
    order_id = new_id()
    token = links.order_path(order_id, NOW).removeprefix("/orders/")
    assert links.read_order_token(token, NOW + timedelta(days=364)) == order_id
    with pytest.raises(ExpiredLink):
        links.read_order_token(token, NOW + timedelta(days=365))


@given(position=st.integers(min_value=0), replacement=st.characters(codec="ascii"))
def test_any_changed_character_is_refused(position: int, replacement: str) -> None:
    token = links.order_path(new_id(), NOW).removeprefix("/orders/")
    place = position % len(token)
    if token[place] == replacement or place == len(token) - 1:
        # The last character of unpadded base64 carries bits that mean nothing.
        return
    with pytest.raises(BadSignature):
        links.read_order_token(token[:place] + replacement + token[place + 1 :], NOW)


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadSignature):
        links.read_download_token(text, NOW)


def test_a_token_of_another_purpose_is_refused() -> None:
    path = links.download_path(new_id(), new_id(), "203.0.113.77", NOW)
    with pytest.raises(BadSignature):
        links.read_order_token(path.removeprefix("/d/"), NOW)


@pytest.mark.parametrize("payload", [{}, {"order": "x"}, {"order": 7, "file": [], "until": "soon"}])
def test_a_signed_token_without_sense_is_refused(payload: dict[str, object]) -> None:
    with pytest.raises(BadSignature):
        links.read_download_token(sign_token("download", payload, NOW), NOW)
    with pytest.raises(BadSignature):
        links.read_order_token(sign_token("order", {**payload, "order": "x"}, NOW), NOW)
