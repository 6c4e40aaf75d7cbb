"""What is typed is kept, right or wrong, for whoever typed it, until it is saved or thrown away; the page stays as it is."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import db
from app.pages import loading
from tests.factories.pages import make_draft, make_page
from tests.pages.test_console import editor

KEPT = "kept as you typed it"


async def test_what_was_typed_is_there_again_even_what_is_wrong(owner: Any, now: datetime) -> None:
    page = await make_draft(owner.viewer, now=now)
    url = f"/console/pages/{page.id}"
    sent = editor(page, title="Half a ti", discount_percent="many", description="<b>&\U0001f41f")
    for _time in range(2):
        assert (await owner.post(f"{url}/draft", data=sent)).status_code == 204
    html = (await owner.get(f"{url}/edit")).text
    assert KEPT in html and 'value="Half a ti"' in html and 'value="many"' in html
    assert "&lt;b&gt;&amp;\U0001f41f" in html
    assert (await loading.by_id(page.id)).version == page.version
    assert "Half a ti" not in (await owner.get(f"{url}/preview")).text
    assert await db.fetch_value("SELECT count(*) FROM page_draft") == 1


async def test_saving_or_throwing_away_ends_it(owner: Any, now: datetime) -> None:
    page = await make_page(owner.viewer, now=now)
    url = f"/console/pages/{page.id}"
    await owner.post(f"{url}/draft", data=editor(page, title="Typed"))
    assert (await owner.post(f"{url}/draft/removal")).status_code == 303
    assert KEPT not in (await owner.get(f"{url}/edit")).text
    sent = editor(page, title="Typed")
    await owner.post(f"{url}/draft", data=sent)
    # What is refused stays kept.
    assert (await owner.post(f"{url}/edit", data={**sent, "zone": "x"})).status_code == 422
    assert KEPT in (await owner.get(f"{url}/edit")).text
    saved = await owner.post(f"{url}/edit", data=sent, headers={"HX-Request": "true"})
    assert saved.status_code == 200 and 'id="draft-state"' in saved.text
    assert KEPT not in (await owner.get(f"{url}/edit")).text


async def test_each_keeps_their_own_and_hears_of_changes(
    owner: Any, colleague: Any, now: datetime
) -> None:
    page = await make_draft(owner.viewer, now=now)
    url = f"/console/pages/{page.id}"
    await owner.post(f"{url}/draft", data=editor(page, title="Mine"))
    assert KEPT not in (await colleague.get(f"{url}/edit")).text
    await colleague.post(f"{url}/edit", data=editor(page, title="Saved by another"))
    html = (await owner.get(f"{url}/edit")).text
    assert 'value="Mine"' in html and "The page was changed since then" in html


@pytest.mark.parametrize("path", ["draft", "draft/removal"])
async def test_an_outsider_keeps_and_removes_nothing(
    owner: Any, outsider: Any, client: Any, now: datetime, path: str
) -> None:
    page = await make_draft(owner.viewer, now=now)
    url = f"/console/pages/{page.id}"
    await owner.post(f"{url}/draft", data=editor(page, title="Mine"))
    sent = editor(page, title="Theirs") if path == "draft" else None
    assert (await outsider.post(f"{url}/{path}", data=sent)).status_code == 404
    assert (await client.post(f"{url}/{path}", data=sent)).status_code == 303
    assert 'value="Mine"' in (await owner.get(f"{url}/edit")).text


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"sneaky": "1"}, 422), ({"title": "nul\x00"}, 422), ({"description": "x" * 250_000}, 413)],
)
async def test_what_is_no_form_of_the_page_is_refused(
    owner: Any, now: datetime, changed: dict[str, str], status: int
) -> None:
    page = await make_draft(owner.viewer, now=now)
    answer = await owner.post(f"/console/pages/{page.id}/draft", data=editor(page, **changed))
    assert answer.status_code == status
    assert await db.fetch_value("SELECT count(*) FROM page_draft") == 0


@settings(
    max_examples=40,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=200), field=st.sampled_from(["title", "zone", "expires_at", "text"]))
async def test_anything_typed_is_kept_and_shown_or_refused(
    owner: Any, now: datetime, text: str, field: str
) -> None:
    page = await make_draft(owner.viewer, now=now)
    url = f"/console/pages/{page.id}"
    answer = await owner.post(f"{url}/draft", data=editor(page, **{field: text}))
    assert answer.status_code in (204, 422)
    assert (await owner.get(f"{url}/edit")).status_code == 200
    shown = await owner.post(f"{url}/preview", data=editor(page, **{field: text}))
    assert shown.status_code in (200, 204)
