"""Names that everybody reads the same, and all the ways to write one that means this machine or its network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.hosts import PRIVATE_ENDINGS, is_public_name

PUBLIC = (
    "example.com", "exämple.com", "ex%C3%A4mple.com", "xn--exmple-cua.com", "हिन्दी.भारत", "пример.рф", "a.b.co.uk", "example.com.",
    "homes.example", "localhost.example", "1.example", "10.0.0.1.example",
)  # fmt: skip
PRIVATE = (
    "", ".", "..", "a..b", "localhost", "LOCALHOST", "a.LocalHost.", "intranet", "printer.local", "router.home.arpa", "db.corp",
    "metadata.google.internal", "169.254.169.254", "127.0.0.1", "127.0.0.1.", "10.0.0.1", "192.168.1.1", "0.0.0.0", "203.0.113.9",
    "2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "a.0x", "1%32%37.0.0.1", "%31%32%37.0.0.1", "\uff11\uff12\uff17.0.0.1",
    "127\u30020\u30020\u30021", "127\uff0e0\uff0e0\uff0e1", "127\uff610\uff610\uff611", "127.0.0.\u00ad1", "\u2460\u2461\u2466.0.0.1",
    "local\u200bhost", "a.local\u00adhost", "\u24db\u24de\u24d2\u24d0\u24dbhost",
    "::1", "[::1]", "::ffff:127.0.0.1", "fe80::1%25eth0", "fd00::1", "2001:db8::1", "x" * 250 + ".com",
)  # fmt: skip


@pytest.mark.parametrize("host", PUBLIC)
def test_names_on_the_web_are_public(host: str) -> None:
    assert is_public_name(host)


@pytest.mark.parametrize("host", PRIVATE)
def test_numbers_and_names_inside_a_network_are_not(host: str) -> None:
    assert not is_public_name(host)


@given(st.ip_addresses(), st.sampled_from(["", "."]))
def test_no_number_is(address: object, end: str) -> None:
    assert not is_public_name(f"{address}{end}")


@given(st.text(max_size=40), st.sampled_from(PRIVATE_ENDINGS))
def test_nothing_under_a_private_ending_is(text: str, ending: str) -> None:
    assert not is_public_name(f"{text}.{ending}")
