"""Each time in a mail has its zone beside it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.notifications.rendering import render_message

EMAILS = Path(__file__).parents[2] / "templates" / "emails"
START = datetime(2027, 7, 1, 18, 0, tzinfo=UTC)
END = datetime(2027, 7, 1, 20, 30, tzinfo=UTC)


def test_no_mail_tells_a_time_without_its_zone() -> None:
    told = 0
    for path in EMAILS.rglob("*.*"):
        text = path.read_text()
        assert not re.search(r"\|\s*(datetime|when)\b|strftime|isoformat", text), path
        told += len(re.findall(r"\|named_(?:time|day)\b", text))
    assert told > 30


@pytest.mark.parametrize(
    ("name", "value"),
    [("password-changed", "changed_at"), ("two-factor-on", "at"), ("export-ready", "until")],
)
def test_mails_about_an_account_name_utc(name: str, value: str) -> None:
    context = {value: START, "name": "Ann", "url": "https://example.com/x"}
    said = render_message(name, context, "en")
    for part in (said.text, said.html):
        assert "Jul 1, 2027, 6:00\u00a0PM (UTC)" in part


def test_start_and_end_of_an_event_name_the_pages_zone() -> None:
    context = {
        "happening": SimpleNamespace(starts_at=START, ends_at=END, address="", link=""),
        "zone": "Europe/Berlin",
        "title": "A talk",
        "registration": SimpleNamespace(name="Ann", quantity=1, seated=True),
        "url": "https://example.com/m",
    }
    said = render_message("event-reminder", context, "en")
    for part in (said.text, said.html):
        assert "Jul 1, 2027, 8:00\u00a0PM (Europe/Berlin)" in part
        assert "Jul 1, 2027, 10:30\u00a0PM (Europe/Berlin)" in part
