"""An address is confirmed before anything is published: by every way out, in plain words, with a link to ask again."""

from datetime import datetime, timedelta

import httpx
import pytest

from app.auth.verifying import AddressUnconfirmed
from app.core import db
from app.core.clock import ManualClock
from app.core.ids import new_id
from app.pages import ending, loading, publishing
from app.pages.lifecycle import State
from tests.conftest import Inbox, Member
from tests.factories.pages import make_draft, make_page
from tests.pages.test_console import editor
from tests.support.aliases import RunJobs

HTMX = {"HX-Request": "true"}
WORDS = "Please confirm your e-mail address first"
AGAIN = "/console/account/verification"


@pytest.fixture
async def newcomer(owner: Member) -> Member:
    """Olivia, before she has opened the link in her mail."""
    await db.execute('UPDATE "user" SET verified_at = NULL WHERE id = $1', owner.viewer.user_id)
    return owner


async def test_no_way_out_is_open_before(newcomer: Member, now: datetime) -> None:
    draft = await make_draft(newcomer.viewer, now=now, launch_at=now + timedelta(minutes=5))
    url = f"/console/pages/{draft.id}"
    for at in ("now", "launch"):
        for headers in ({}, HTMX):
            answer = await newcomer.post(f"{url}/publication", data={"at": at}, headers=headers)
            assert answer.status_code == 422
            assert WORDS in answer.text
    for bring_out in (publishing.publish, publishing.schedule):
        with pytest.raises(AddressUnconfirmed):
            await bring_out(draft, newcomer.viewer.user_id, now)
    assert (await loading.by_id(draft.id)).state(now) is State.DRAFT
    shown = (await newcomer.get(url)).text
    assert "Publish now" not in shown
    assert 'id="confirm-address"' in shown
    editor = (await newcomer.get(f"{url}/edit")).text
    assert 'value="publish"' not in editor


async def test_nor_by_the_editor(newcomer: Member, now: datetime) -> None:
    draft = await make_draft(newcomer.viewer, now=now, launch_at=now + timedelta(minutes=5))
    for intent in ("publish", "schedule"):
        sent = editor(await loading.by_id(draft.id), intent=intent)
        answer = await newcomer.post(f"/console/pages/{draft.id}/edit", data=sent)
        assert answer.status_code == 422
        assert WORDS in answer.text
    assert (await loading.by_id(draft.id)).state(now) is State.DRAFT


async def test_a_page_that_was_out_is_not_run_again(owner: Member, now: datetime) -> None:
    over = await make_page(owner.viewer, now=now)
    await ending.end(over, owner.viewer.user_id, now)
    await db.execute('UPDATE "user" SET verified_at = NULL WHERE id = $1', owner.viewer.user_id)
    url = f"/console/pages/{over.id}"
    assert "Run again" not in (await owner.get(url)).text
    answer = await owner.post(f"{url}/rerun", data={"id": str(new_id())})
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert await db.fetch_value("SELECT count(*) FROM page") == 1


async def test_the_link_opens_the_way(
    newcomer: Member, now: datetime, run_jobs: RunJobs, inbox: Inbox
) -> None:
    await db.execute("UPDATE \"user\" SET email = 'newcomer@example.com'")
    shown = await newcomer.post(AGAIN, headers=HTMX)
    assert "A new link is on its way to newcomer@example.com" in shown.text
    await run_jobs()
    links = [link for mail in await inbox("newcomer@example.com") for link in mail["links"]]
    path = httpx.URL(next(link for link in links if "/verify/" in link)).path
    assert (await newcomer.post(path)).status_code == 303
    assert "confirm-address" not in (await newcomer.get("/console/pages")).text
    draft = await make_draft(newcomer.viewer, now=now)
    url = f"/console/pages/{draft.id}/publication"
    assert (await newcomer.post(url, data={"at": "now"})).status_code == 303


async def test_asking_again_leads_back_and_is_limited(
    newcomer: Member, outsider: Member, clock: ManualClock
) -> None:
    back = await newcomer.post(AGAIN + "?back=/console/products")
    assert back.headers["location"] == "/console/products"
    elsewhere = await newcomer.post(AGAIN + "?back=https://evil.example")
    assert elsewhere.headers["location"] == "/console/account"
    for _ in range(3):
        clock.advance(timedelta(seconds=1))
        assert (await newcomer.post(AGAIN)).status_code == 303
    assert (await newcomer.post(AGAIN)).status_code == 429
    said = await newcomer.post(AGAIN, headers=HTMX)
    assert said.status_code == 429
    assert said.text.lstrip().startswith('<section id="confirm-address"')
    assert "wait a while" in said.text
    mails = "SELECT count(*) FROM message WHERE name = 'verify-address'"
    sent = await db.fetch_value(mails)
    # Whoever has confirmed is sent nothing more.
    assert (await outsider.post(AGAIN)).status_code == 303
    assert await db.fetch_value(mails) == sent
