"""Which zone times are in: the console's pages are in the account's and name it, files carry the offset."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from app.core import db
from app.core.dates import format_datetime
from tests.fuzz.attacking import Attack
from tests.fuzz.discovery import Route

TOKYO, BERLIN = "Asia/Tokyo", "Europe/Berlin"
NOTE = "Times in {zone}, unless another zone is named."
# A time, and what follows it up to the next tag: a zone's name in brackets, where it is not the reader's.
SHOWN = re.compile(r'<time datetime="([^"]+)">([^<]*)</time>([^<]*)')
# The page itself as visitors have it, and what is told in one zone to all who watch: these name their own zone.
OTHERS = ("/preview", "/time-machine", "/analytics", "/live", "/door", "/styleguide")
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(.*)")


def _words(value: str, zone: str) -> str:
    # English: "Dec 1, 2026, 8:00 PM".
    return format_datetime(
        datetime.fromisoformat(value), "MMM d, y, h:mm\u00a0a", ZoneInfo(zone), "en"
    )


async def _chosen(zone: str) -> None:
    await db.execute('UPDATE "user" SET zone = $1', zone)


async def _with_ends(moment: datetime) -> None:
    """Give what has no end of its own one, typed in another zone."""
    await db.execute("UPDATE discount_code SET valid_until = $1, zone = $2", moment, BERLIN)
    await db.execute("UPDATE product SET expires_at = $1, zone = $2", moment, BERLIN)


def _pages(attack: Attack) -> list[Route]:
    return [
        route
        for route in attack.routes
        if route.console
        and route.method == "GET"
        and not route.streams
        and not any(part in route.template for part in OTHERS)
    ]


@pytest.mark.parametrize(("chosen", "zone"), [(TOKYO, TOKYO), ("", "UTC")])
async def test_the_console_tells_times_in_the_accounts_zone(
    attack: Attack, chosen: str, zone: str, now: datetime
) -> None:
    await _chosen(chosen)
    await _with_ends(now + timedelta(days=30))
    with_times: set[str] = set()
    for route in _pages(attack):
        for values in attack.world.addresses(route):
            answer = await attack.owner.get(route.path(values))
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            text = unescape(answer.text)
            for value, words, after in SHOWN.findall(text):
                if f"({BERLIN})" in after:
                    continue
                assert words == _words(value, zone), (str(route), value, after)
                with_times.add(route.template)
                if "<!DOCTYPE html>" in text:
                    assert NOTE.format(zone=zone) in text, str(route)
                    assert ("Choose your time zone" in text) == (not chosen), str(route)
    for part in (
        "orders",
        "registrations",
        "pages",
        "codes",
        "products",
        "team",
        "sessions",
        "staff",
    ):
        assert any(part in template for template in with_times), part


async def test_files_say_the_offset_of_each_time(attack: Attack) -> None:
    await _chosen(TOKYO)
    found = 0
    for route in attack.routes:
        if not route.template.endswith(".csv") or route.method != "GET":
            continue
        for values in attack.world.addresses(route):
            answer = await attack.owner.get(route.path(values))
            for cell in re.split(r"[,\r\n]", answer.text):
                if moment := ISO.fullmatch(cell.strip('"')):
                    assert re.fullmatch(r"[+-]\d\d:\d\d", moment[1]), (str(route), cell)
                    found += 1
    assert found > 3
