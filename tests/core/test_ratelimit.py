"""Whom a limit counts: a subscriber, however many addresses they have, and never all visitors together."""

from datetime import datetime
from typing import Any

import pytest
from litestar import Request

from app.core.errors import TooManyRequests
from app.core.ratelimit import client_address, ensure_left, limit, network_of
from app.core.settings import get_settings


def from_(address: str) -> Request[Any, Any, Any]:
    return Request({"type": "http", "client": (address, 40000), "headers": [], "state": {}})  # type: ignore[arg-type, typeddict-item]  # all that is read


@pytest.fixture(autouse=True)
def limits_are_on(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("198.51.100.7", "198.51.100.7", True),
        ("198.51.100.7", "198.51.100.8", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("::ffff:198.51.100.7", "::ffff:203.0.113.9", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
async def test_addresses_of_one_subscriber_count_together(
    first: str, second: str, together: bool
) -> None:
    await limit(from_(first), "here", "1/minute")
    try:
        await limit(from_(second), "here", "1/minute")
    except TooManyRequests as error:
        assert together
        assert 0 < error.retry_after <= 60
    else:
        assert not together


@pytest.mark.any_moment
async def test_how_long_to_wait_is_told_by_the_clock_that_counts(now: datetime) -> None:
    await limit(from_("198.51.100.7"), "here", "1/minute")
    with pytest.raises(TooManyRequests) as refused:
        await limit(from_("198.51.100.7"), "here", "1/minute")
    assert 0 < refused.value.retry_after <= 60


async def test_a_key_counts_wherever_it_comes_from_and_looking_counts_nothing() -> None:
    one, other = from_("198.51.100.7"), from_("203.0.113.9")
    for _ in range(3):
        await ensure_left(one, "here", "1/minute", key="ann")
    await limit(one, "here", "1/minute", key="ann")
    with pytest.raises(TooManyRequests):
        await ensure_left(other, "here", "1/minute", key="ann")
    with pytest.raises(TooManyRequests):
        await limit(other, "here", "1/minute", key="ann")
    await limit(other, "here", "1/minute", key="bob")
    await ensure_left(other, "here", "1/minute")


def test_networks() -> None:
    assert network_of("198.51.100.7") == "198.51.100.0/24"
    assert network_of("2001:db8:1:2::1") == "2001:db8:1::/48"
    assert client_address(from_("::ffff:198.51.100.7")) == "198.51.100.7"


PROXIES = ["10.0.0.1", "10.0.0.2", "172.16.0.0/12", "2001:db8:9::/48"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], "10.0.0.2"),
        (["198.51.100.7"], "198.51.100.7"),
        # What the browser says of itself stands before what the proxies add, in one line or in several.
        (["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9", "198.51.100.7, 10.0.0.1"], "198.51.100.7"),
        (["10.0.0.1", "198.51.100.7", "10.0.0.1"], "198.51.100.7"),
        (["198.51.100.7, nonsense"], "10.0.0.2"),
        # Some proxies write the port, or put brackets or quotation marks around it.
        (["198.51.100.7:5678"], "198.51.100.7"),
        (["[2001:db8::1]:1234"], "2001:db8::1"),
        (["[2001:db8::1]"], "2001:db8::1"),
        (["2001:db8::1"], "2001:db8::1"),
        (['"[2001:db8::1]:1234"'], "2001:db8::1"),
        (["fe80::1%eth0"], "fe80::1"),
        (["[::ffff:198.51.100.7]:80"], "198.51.100.7"),
        (["198.51.100.7:5678, 10.0.0.1:80, [::ffff:10.0.0.1]:80"], "198.51.100.7"),
        # A network of proxies.
        (["198.51.100.7, 172.16.9.9, 2001:db8:9::7"], "198.51.100.7"),
        (["[2001:db8::1]1234"], "10.0.0.2"),
        (["198.51.100.7:port"], "10.0.0.2"),
        (["unknown"], "10.0.0.2"),
    ],
)
def test_an_address_is_what_trusted_proxies_say_last(
    monkeypatch: pytest.MonkeyPatch, lines: list[str], found: str
) -> None:
    monkeypatch.setattr(get_settings(), "trusted_proxies", PROXIES)
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    scope = {"type": "http", "client": ("10.0.0.2", 40000), "headers": headers, "state": {}}
    assert client_address(Request(scope)) == found  # type: ignore[arg-type]  # all that is read
    # Nobody else is believed.
    scope["client"] = ("198.51.100.99", 40000)
    assert client_address(Request(scope)) == "198.51.100.99"  # type: ignore[arg-type]  # all that is read
