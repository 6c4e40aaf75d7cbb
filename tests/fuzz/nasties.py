"""Input that breaks programs: picked by hand, and generated."""

import base64

from hypothesis import strategies as st

CHARACTERS = (
    "\x00", "a\x00b", "\ud800", "a\udfffb", "\x1b[31m", "\x7f", "\r\nX-Injected: 1", "\u2028", "\ufeff",
    "\u202egnp.exe", "\u200b", "e\u0301" * 60, "\U0001f4a5" * 40, "\ufdfa" * 30, "İıßΣς", "\U0001d7d9", "\uff05\uff10\uff10",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP TABLE page; --", "{{ 7*7 }}",
    "{% raw %}", "${7*7}", "%(name)s %s %n {0}", "]]>", "<!--", "\\", "%", "%00", "%ED%A0%80", "%zz", "&#0;",
)  # fmt: skip
NUMBERS = (
    "-1", "-0", "0", "00", "1e999", "1e-7", "NaN", "Infinity", "-Infinity", "9" * 18, "9" * 400, "2147483648",
    "9223372036854775808", "1_000", "0x10", "٣", "½", "1,5", "1.005", " 1 ", "+1", "1\u00a0000", "--1",
)  # fmt: skip
TIMES = (
    "0000-01-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "99999-01-01T00:00", "2030-02-30T00:00",
    "2027-03-28T02:30", "2026-10-25T02:30", "2030-01-01T24:00", "2030-01-01T23:59:60", "2030-01-01T00:00Z",
    "2030-01-01T00:00+99:99", "now", "2200-12-31T23:59", "2000-01-01T00:00",
)  # fmt: skip
NAMES = (
    "Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "Europe", "posixrules", "Factory", "localtime", "Etc/GMT+14",
    "Pacific/Kiritimati", "XXX", "eur", "BTC", "zz-ZZ", "en_US.UTF-8", "__proto__", "constructor", "None", "null",
    "00000000-0000-0000-0000-000000000000", "{12345678-1234-5678-1234-567812345678}", "urn:uuid:x", "cs_test_aaaaaaaa",
)  # fmt: skip
ADDRESSES = (
    "a@b", "@", "a@example.com\r\nBcc: b@example.com", '"<b>"@example.com', "a" * 300 + "@example.com", "ü@exämple.com",
    "a@[127.0.0.1]", "a@xn--", "a@example.com.", "a@-.com", "a@" + "b." * 120 + "com", "a@example.com" + " " * 300,
    "javascript:alert(1)", "https://[", "https://a:99999/", "https://a:b@c/", "//evil.example", "/\\evil.example",
    "https://ex\tample.com", "https://" + "a" * 2500, "http://example.com", "https://trap.example:8443/a.png?b=c", "https:///x", "https://\u2025/", "data:,x",
)  # fmt: skip
LONG = (
    "A" * 5_001,
    "A" * 100_001,
    "é" * 30_000,
    " " * 20_000,
    "[" * 20_000,
    "> " * 5_000,
    "*_" * 5_000,
)

# Texts that a decoder follows too deep, plain and as the base64 in which solutions and tokens come; all under 4096 long.
_DEEP = ("[" * 3_000, "[" * 1_500 + "]" * 1_500, '{"a":' * 600, "(" * 3_000)
NESTED = (*_DEEP, *(base64.b64encode(text.encode()).decode() for text in _DEEP))
EXPONENTS = (
    "1E999999", "1e999999999999", "-1E999999", "1E-999999", "0E999999999", "9.99E+999999999", "1e400", "1E18", "1.e5", "E5", "sNaN", "0x1p99999",
)  # fmt: skip

ALL = (*CHARACTERS, *MARKUP, *NUMBERS, *TIMES, *NAMES, *ADDRESSES, *LONG, *NESTED, *EXPONENTS)
# What fits a path or a header: the server in front refuses longer ones (414, 431).
SHORT = tuple(text for text in ALL if 0 < len(text) <= 600)

anything = st.text(st.characters(), max_size=60) | st.sampled_from(ALL)
short = st.text(st.characters(), min_size=1, max_size=60) | st.sampled_from(SHORT)
