"""Times are written so that every font shows the spaces in them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel import localedata
from babel.dates import format_time as raw_time

from app.core.dates import format_datetime, format_skeleton, format_time, format_timedelta
from app.core.i18n import current_language
from app.core.rendering import environment

EVENING = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
APP = Path(__file__).parents[2] / "app"
STATIC = APP.parent / "static" / "js"


@pytest.mark.parametrize("form", ["short", "medium", "long", "full"])
def test_no_locale_writes_an_invisible_space(form: str) -> None:
    found: list[str] = []
    for locale in localedata.locale_identifiers():
        texts = (
            format_time(EVENING, form, locale=locale),
            format_datetime(EVENING, form, locale=locale),
            format_skeleton("Hm", EVENING, locale=locale),
            format_timedelta(timedelta(days=3), locale=locale),
        )
        found += [locale for text in texts if "\u202f" in text]
    assert not found
    # The control: Babel itself does.
    assert raw_time(EVENING, "short", locale="en") == "8:00\u202fPM"


def test_a_page_shows_the_space() -> None:
    token = current_language.set("en")
    try:
        shown = environment.from_string("{{ at|when }}").render(at=EVENING)
    finally:
        current_language.reset(token)
    assert shown == "Dec 1, 2026, 8:00\u00a0PM"


def test_nothing_else_formats_times() -> None:
    importing = {
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.py")
        if re.search(r"babel\.dates|from babel import .*dates", path.read_text())
    }
    assert importing == {"core/dates.py"}


def test_scripts_that_format_times_write_the_same_space() -> None:
    for path in STATIC.glob("*.js"):
        for line in path.read_text().splitlines():
            if "DateTimeFormat(" in line and ".format(" in line:
                assert '.replace(/\\u202f/g, "\\u00a0")' in line, (path.name, line)
