"""What the editor says visitors will notice is what the change log then says, word for word."""

import re
from datetime import datetime, timedelta
from typing import Any

from app.core import db
from app.pages import loading
from app.pages.wording import change_text
from tests.factories.pages import make_draft, make_page
from tests.factories.types import make_event
from tests.pages.test_console import editor

DAY = timedelta(days=1)


def _foreseen(html: str) -> list[str]:
    part = re.search(r'<div id="foreseen".*?</div>', html, re.DOTALL)
    assert part
    return re.findall(r"<li>([^<]+)</li>", part.group())


async def test_what_is_foreseen_is_what_is_logged(owner: Any, now: datetime) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    url = f"/console/pages/{page.id}"
    sent = editor(page, discount_percent="50", item_amount="30", title="Renamed")
    for answer in (
        await owner.post(f"{url}/preview", data=sent),
        await owner.post(f"{url}/edit", data={**sent, "intent": "check"}),
    ):
        assert answer.status_code == 200
        assert _foreseen(answer.text) == [
            "Discount changed from 25 % to 50 %",
            "Field guide: price changed from €20.00 to €30.00",
            "The title",
        ]
    stored = await loading.by_id(page.id)
    assert (stored.version, stored.changes) == (page.version, ())
    # What was typed is still there after looking.
    assert 'value="Renamed"' in answer.text
    assert (await owner.post(f"{url}/edit", data=sent)).status_code == 303
    logged = [change_text(each, page.zone) for each in (await loading.by_id(page.id)).changes]
    assert sorted(logged) == sorted(_foreseen(answer.text)[:2])


async def test_a_moved_event_tells_its_registrants(owner: Any, now: datetime) -> None:
    page = await make_event(owner.viewer, now=now.replace(second=0, microsecond=0))
    sent = editor(page, address="Markt 1, Lübeck")
    html = (await owner.post(f"/console/pages/{page.id}/preview", data=sent)).text
    assert "Place changed from" in _foreseen(html)[0]
    assert "Everyone who registered gets a message" in html


async def test_nothing_is_said_of_a_draft_or_without_a_change(owner: Any, now: datetime) -> None:
    draft, page = await make_draft(owner.viewer, now=now), await make_page(owner.viewer, now=now)
    shown = await owner.get(f"/console/pages/{draft.id}/edit")
    assert "What visitors will notice" not in shown.text
    answer = await owner.post(
        f"/console/pages/{draft.id}/preview", data=editor(draft, title="Other")
    )
    assert 'id="foreseen"' not in answer.text
    answer = await owner.get(f"/console/pages/{page.id}/edit")
    assert "What visitors will notice" in answer.text and _foreseen(answer.text) == []
    same = await owner.post(f"/console/pages/{page.id}/preview", data=editor(page))
    assert _foreseen(same.text) == [] and "Nothing so far" in same.text


async def test_looking_stores_nothing_and_is_not_for_outsiders(
    owner: Any, outsider: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now)
    url = f"/console/pages/{page.id}/edit"
    sent = editor(page, intent="check", title="Mine")
    assert (await outsider.post(url, data=sent)).status_code == 404
    wrong = await owner.post(url, data=editor(page, intent="check", discount_percent="101"))
    assert wrong.status_code == 422
    assert (await owner.post(url, data=editor(page, intent="spy"))).status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM page_change") == 0
    assert (await loading.by_id(page.id)).version == page.version
