"""Whatever a browser sends as an editor's form: it is read, or refused beside a field; nothing else ever happens."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.core.forms import validate
from app.core.theme import DEFAULT
from app.pages.editing import form_of, read_edit
from app.pages.lifecycle import PageTimes
from app.pages.loading import PageRecord
from app.pages.terms import Afterlife
from app.pages.types import page_types
from app.pages.types.base import PageType
from app.pages.viewing import view_page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOBODY = UUID(int=1)
NASTY = [
    "", "0", "-1", "1", "10", "1e9", "99999999999999999999", "on", "off", "yes", "null", "NaN",
    "2026-03-29T02:30", "2026-10-25T02:30", "2026-04-01T10:00", "2026-05-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59",
    "https://example.com/", "http://example.com/", "javascript:alert(1)", "https://a@b/", "https://[::1", "//x", "https://ex\nample/",
    "redirect", "show-message", "show-form", "show-alternate", "virtual", "physical", "zoom", "choice", "text", "number",
    "first", "second", "Europe/Berlin", "UTC", "Mars/Olympus", "<script>", "a\x00b", "\ud800", "é" * 3000, "=1+1", "{{7*7}}", "%(x)s",
]  # fmt: skip


def page_of(page_type: PageType, published: bool) -> PageRecord:
    times = PageTimes(expires_at=NOW + timedelta(days=30))
    if published:
        times = PageTimes(NOW, times.expires_at, NOW)
    return PageRecord(
        id=NOBODY,
        short_id="x",
        user_id=NOBODY,
        organization_id=NOBODY,
        group_id=NOBODY,
        type=page_type.name,
        title="A page",
        description="",
        language="en",
        zone="Europe/Berlin",
        theme=DEFAULT,
        settings=page_type.settings(),
        afterlife=Afterlife(),
        times=times,
        ended_cause="",
        stock_id=NOBODY,
        successor_id=None,
        successor_short_id=None,
        cover_key=None,
        version=1,
        contents=(),
        changes=(),
        own_branding=False,
    )


def sent(page_type: PageType) -> st.SearchStrategy[dict[str, Any]]:
    """Some fields of the form, known and unknown, with anything in them."""
    value = st.sampled_from(NASTY) | st.text(max_size=30)
    several = value | st.lists(value, max_size=4)
    names = st.sampled_from([*page_type.form.model_fields, "surprise", ""])
    return st.dictionaries(names, several, max_size=12)


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("type_name", sorted(page_types))
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_it_is_read_or_refused(type_name: str, published: bool, data: st.DataObject) -> None:
    page_type = page_types[type_name]
    page = page_of(page_type, published)
    typed = {name: value for name, value in form_of(page).values.items() if value != ""}
    form = validate(page_type.form, {**typed, **data.draw(sent(page_type))})
    edit = read_edit(form, page, {}, NOW)
    if edit is None:
        assert form.errors
        return
    # What was read can be stored, read again and shown at any moment.
    stored = page_type.settings.model_validate_json(edit.settings.model_dump_json())
    assert stored == edit.settings
    for moment in (NOW, NOW + timedelta(days=10), NOW + timedelta(days=100)):
        view = view_page(edit.of(page), {}, moment)
        assert view.stage and (view.redirect_url or "https://").startswith("https://")
        assert view.accepts is page_type.accepts(view)


@pytest.mark.parametrize("type_name", sorted(page_types))
def test_unknown_settings_are_refused(type_name: str) -> None:
    with pytest.raises(ValidationError):
        page_types[type_name].settings.model_validate({"surprise": 1})
