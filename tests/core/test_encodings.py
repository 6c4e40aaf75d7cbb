"""Which body an `Accept-Encoding` gets: what is refused is never sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.assets import encode, preferred_encodings

BODY = encode(b"a body that compresses well " * 40)


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br ; q = 0.000 , gzip ; q=1", "gzip"),
        ("gzip;q=0", ""),
        ("br;q=0,gzip;q=0", ""),
        ("*;q=0", ""),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("identity", ""),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity, br;q=0.5", ""),
        ("identity;q=0", ""),
        ("brotli", ""),
        ("gzip;q=nonsense", ""),
        ("zstd", ""),
    ],
)
def test_the_best_liked_that_is_allowed_is_sent(accepted: str, sent: str) -> None:
    body, encoding = BODY.best(accepted)
    assert encoding == sent
    assert body == {"": BODY.plain, "gzip": BODY.gzip, "br": BODY.brotli}[sent]


@given(st.text("gzip br,;q=01.*x-", max_size=40))
def test_nothing_that_is_sent_was_refused(accepted: str) -> None:
    found = preferred_encodings(accepted)
    assert set(found) <= {"br", "gzip", ""} and len(found) == len(set(found))
    refused = {part.strip() for part in accepted.lower().replace(" ", "").split(",")}
    if "gzip;q=0" in refused and "x-gzip" not in accepted and accepted.count("gzip") == 1:
        assert "gzip" not in found
