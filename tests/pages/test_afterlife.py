"""After the end, for every type: a message, another address, the page that follows, then 410 and no search engine."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from app.pages import changing, ending, loading, publishing, running_again
from app.pages.editing import Edit
from app.pages.terms import Afterlife
from app.pages.types import page_types
from app.pages.types.event_registration.settings import EventSettings
from tests.factories.types import DAY, HOUR, make_page_of
from tests.support.hearing import heard
from tests.support.redirects import leads

NEXT = "https://next.example.com/here"
TYPES = sorted(page_types)
MINUTE = timedelta(minutes=1)


async def make(owner: Any, type_name: str, now: Any, **afterlife: Any) -> Any:
    """Make a page of a type that can be published, ending in an hour."""
    settings: dict[str, Any] = {}
    if type_name == "event-registration":
        settings = {"starts_at": now + 10 * MINUTE, "ends_at": now + 20 * MINUTE}
    return await make_page_of(
        owner.viewer,
        type_name,
        now=now,
        expires_at=now + HOUR,
        afterlife=Afterlife(**afterlife),
        **settings,
    )


@pytest.mark.parametrize("type_name", TYPES)
async def test_a_message_then_gone(owner: Any, client: Any, clock: Any, type_name: str) -> None:
    page = await make(
        owner, type_name, clock.now(), message="See you in <spring>.", gone_after_days=3
    )
    clock.advance(HOUR)
    shown = await client.get(f"/p/{page.short_id}")
    assert shown.status_code == 200 and "See you in &lt;spring&gt;." in shown.text
    assert "hx-sse:connect" not in shown.text
    clock.advance(3 * DAY - timedelta(seconds=1))
    assert (await client.get(f"/p/{page.short_id}")).status_code == 200
    clock.advance(timedelta(seconds=1))
    gone = await client.get(f"/p/{page.short_id}")
    assert gone.status_code == 410 and gone.headers["x-robots-tag"] == "noindex"
    assert "noindex" in gone.text
    assert (await client.get(f"/p/{page.short_id}/embed")).status_code == 410


@pytest.mark.parametrize("type_name", TYPES)
async def test_another_address(owner: Any, client: Any, clock: Any, type_name: str) -> None:
    page = await make(owner, type_name, clock.now(), action="redirect", url=NEXT)
    assert (await client.get(f"/p/{page.short_id}")).status_code == 200
    await ending.end(page, owner.viewer.user_id, clock.now())
    await heard()
    answer = await client.get(f"/p/{page.short_id}")
    assert leads(answer) == NEXT


@pytest.mark.parametrize("type_name", TYPES)
async def test_the_page_that_follows(owner: Any, client: Any, clock: Any, type_name: str) -> None:
    page = await make(owner, type_name, clock.now(), action="successor", gone_after_days=None)
    clock.advance(HOUR)
    assert (await client.get(f"/p/{page.short_id}")).status_code == 200
    made = await running_again.run_again(page, new_id(), owner.viewer, clock.now())
    copy = await loading.by_id(made)
    # A draft is nowhere to send people to.
    await heard()
    assert (await client.get(f"/p/{page.short_id}")).status_code == 200
    await bring_out(owner, copy, clock)
    await heard()
    answer = await client.get(f"/p/{page.short_id}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/p/{copy.short_id}")
    clock.advance(400 * DAY)
    assert (await client.get(f"/p/{page.short_id}")).status_code == 302


async def bring_out(owner: Any, copy: Any, clock: Any) -> None:
    """Give a page that was run again its new times, and publish it."""
    now = clock.now()
    names = Edit.__dataclass_fields__
    edit = Edit(**{name: getattr(copy, name) for name in names})
    times = replace(copy.times, expires_at=now + 500 * DAY)
    settings = copy.settings
    if isinstance(settings, EventSettings):
        assert settings.starts_at is None
        new = {"starts_at": now + DAY, "ends_at": now + 2 * DAY}
        settings = settings.model_copy(update=new)
    edit = replace(edit, times=times, settings=settings)
    await changing.save(copy, edit, owner.viewer.user_id, now)
    await publishing.publish(await loading.by_id(copy.id), owner.viewer.user_id, now)
