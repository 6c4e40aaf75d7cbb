"""The time machine: every stop of a life and every stand of a stock, by the renderer that visitors get."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.pages import loading, pausing
from app.pages.lifecycle import PageTimes, State
from app.pages.phases import Phase
from app.pages.previewing import Choice, preview, shared_html
from app.pages.sharing import preview_url
from app.pages.steps import LAST_STEP, STEPS, Stand
from app.pages.time_machine import Life, Stop, as_if, life_of
from app.stock.levels import Level
from tests.factories.pages import make_draft, make_page
from tests.factories.types import make_countdown, make_draft_of, make_event
from tests.pages.test_console import editor

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 3, 1, tzinfo=UTC)


def _named(life: Life) -> list[str]:
    return [stop.words for stop in life.stops]


async def _phases(page: Any, now: datetime, stand: Stand = Stand.NOW) -> list[Phase]:
    life = life_of(page, now)
    steps = range(0, life.last + 1, STEPS)
    return [(await preview(page, Choice(step, stand), now)).view.phase for step in steps]


async def test_a_draft_is_seen_from_its_announcement_to_its_retirement(
    owner: Any, now: datetime
) -> None:
    page = await make_draft(owner.viewer, now=now, launch_at=now + DAY, expires_at=now + 2 * DAY)
    life = life_of(page, now)
    assert _named(life) == ["Announced", "Launch", "One minute left", "End", "Gone"]
    assert [life.stops[i].at for i in (1, 2, 3)] == [
        now + DAY,
        now + 2 * DAY - MINUTE,
        now + 2 * DAY,
    ]
    assert await _phases(page, now) == [
        Phase.SCHEDULED, Phase.SELLING, Phase.SELLING, Phase.EXPIRED, Phase.EXPIRED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stand", "keep_open", "phase"),
    [
        (Stand.FULL, False, Phase.SELLING),
        (Stand.LAST, False, Phase.SELLING),
        (Stand.HELD, False, Phase.HELD),
        # A page that is sold out ends, unless its creator keeps it open.
        (Stand.SOLD_OUT, False, Phase.EXPIRED),
        (Stand.SOLD_OUT, True, Phase.SOLD_OUT),
    ],
)
async def test_every_stand_of_the_stock(
    owner: Any, now: datetime, stand: Stand, keep_open: bool, phase: Phase
) -> None:
    page = await make_draft(owner.viewer, now=now, keep_open_when_sold_out=keep_open)
    shown = await preview(page, Choice(0, stand), now)
    assert shown.view.phase is phase
    if stand is Stand.LAST:
        assert shown.view.level and shown.view.level.available == 1
    items = await make_draft(owner.viewer, now=now, per_item=[3], keep_open_when_sold_out=keep_open)
    assert (await preview(items, Choice(0, stand), now)).view.phase is phase
    endless = await make_draft(owner.viewer, now=now, quantity=None)
    assert (await preview(endless, Choice(0, stand), now)).view.phase is Phase.SELLING


async def test_a_draft_without_an_end_has_a_launch(owner: Any, now: datetime) -> None:
    page = await make_draft(owner.viewer, now=now)
    endless = replace(page, times=PageTimes())
    assert _named(life_of(endless, now)) == ["Launch"]
    assert (await preview(endless, Choice(), now)).view.phase is Phase.SELLING


async def test_a_running_page_shows_the_present_with_its_real_stock(
    owner: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now - MINUTE, expires_at=now + HOUR)
    shown = await preview(page, Choice(), now)
    assert shown.at == now and shown.words == "Now" and shown.view.phase is Phase.SELLING
    assert _named(shown.life) == ["Launch", "Now", "One minute left", "End", "Gone"]


async def test_a_paused_page_goes_on_and_its_deadline_moves(owner: Any, now: datetime) -> None:
    page = await make_page(owner.viewer, now=now - HOUR, expires_at=now + HOUR)
    await pausing.pause(page, owner.viewer.user_id, now - MINUTE, moves_deadline=True)
    paused = await loading.by_id(page.id)
    life = life_of(paused, now)
    ends = next(stop.at for stop in life.stops if stop.words == "End")
    assert ends == now + HOUR + MINUTE
    assert (await preview(paused, Choice(), now)).view.state is State.PAUSED
    assert (await _phases(paused, now))[-2] is Phase.EXPIRED


async def test_types_add_their_own_moments(owner: Any, now: datetime) -> None:
    countdown = await make_countdown(owner.viewer, now=now)
    words = _named(life_of(countdown, now))
    assert words[0] == "Launch · Now" and words[-2:] == ["End", "Gone"] and len(words) == 5
    event = await make_event(owner.viewer, now=now)
    shown = [
        (await preview(event, Choice(step), now)).view.situation
        for step in range(0, life_of(event, now).last + 1, STEPS)
    ]
    assert shown[0] == "open" and {"started", "over"} <= set(shown)


async def test_where_a_redirect_leads_is_said_and_not_followed(owner: Any, now: datetime) -> None:
    page = await make_draft_of(
        owner.viewer,
        "countdown",
        now=now,
        target_at=now + HOUR,
        at_zero={"action": "redirect", "url": "https://example.com/there"},
    )
    life = life_of(page, now)
    step = next(i for i, stop in enumerate(life.stops) if stop.at == now + HOUR) * STEPS
    html = shared_html(await preview(page, Choice(step), now), "/x")
    assert "https://example.com/there" in html and "data-redirect" not in html


async def test_what_changed_later_is_not_in_an_earlier_change_log(
    owner: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now - HOUR, expires_at=now + HOUR)
    sent = editor(page, discount_percent="50")
    assert (await owner.post(f"/console/pages/{page.id}/edit", data=sent)).status_code == 303
    page, later = await loading.by_id(page.id), now + MINUTE
    assert len((await preview(page, Choice(), later)).view.page.changes) == 1
    assert (await preview(page, Choice(0), later)).view.page.changes == ()


lives = st.lists(
    st.integers(min_value=1, max_value=10**7), min_size=1, max_size=8, unique=True
).map(
    lambda seconds: Life(
        tuple(Stop(START + timedelta(seconds=each), f"{each}") for each in sorted(seconds))
    )
)


@given(life=lives, step=st.integers(min_value=-5, max_value=LAST_STEP))
def test_steps_and_moments_fit(life: Life, step: int) -> None:
    at = life.moment(step)
    assert life.stops[0].at <= at <= life.stops[-1].at
    inside = min(max(step, 0), life.last)
    assert life.moment(life.step(at)) <= at and abs(life.step(at) - inside) <= 1
    assert life.words(at)
    if inside % STEPS == 0:
        assert at == life.stops[inside // STEPS].at and life.step(at) == inside


@given(
    capacity=st.none() | st.integers(min_value=1, max_value=10**6),
    stand=st.sampled_from(Stand),
)
def test_a_level_as_if_is_a_level_that_can_be(capacity: int | None, stand: Stand) -> None:
    level = as_if(Level(capacity, 0, 0, None), stand, START)
    assert level.capacity == capacity and level.held >= 0 and level.sold >= 0
    assert level.available is None or level.available >= 0


async def test_the_editor_shows_unsaved_values_at_a_moment(owner: Any, now: datetime) -> None:
    page = await make_draft(owner.viewer, now=now, launch_at=now + HOUR, expires_at=now + DAY)
    url = f"/console/pages/{page.id}"
    html = (await owner.get(f"{url}/edit")).text
    assert 'id="machine-moment"' in html and "One minute left" in html

    async def shown(**choice: Any) -> str:
        answer = await owner.post(f"{url}/preview", data=editor(page, title="Unsaved", **choice))
        assert answer.status_code == 200
        return answer.text

    assert "Starts in" in await shown(moment="0")
    assert "Ends in" in await shown(moment="100")
    assert "All in other baskets" in await shown(moment="150", stock="held")
    assert "This sale has ended" in await shown(moment="300")
    assert "This page has retired" in await shown(moment="400")
    assert (await loading.by_id(page.id)).version == page.version
    for field, value in (("moment", "-1"), ("moment", "x"), ("stock", "stolen")):
        answer = await owner.post(f"{url}/preview", data=editor(page, **{field: value}))
        assert answer.status_code == 204


async def test_the_shared_preview_goes_to_any_moment_for_a_day(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_draft(owner.viewer, now=clock.now(), expires_at=clock.now() + 9 * DAY)
    link = preview_url(page, clock.now()).removeprefix(str(owner.base_url).rstrip("/"))
    html = (await client.get(link)).text
    assert "Preview. The page itself may still change." in html
    action = re.search(r'action="([^"]+/preview[^"]+)"', html)
    assert action and action.group(1).replace("&amp;", "&") == link
    answer = await client.post(link, data={"moment": "0", "stock": "sold-out"})
    assert "This sale is over" in answer.text and answer.headers["x-robots-tag"] == "noindex"
    for wrong in ({"moment": "10001"}, {"stock": "x"}, {"price": "0"}, {"moment": "9" * 30}):
        assert (await client.post(link, data=wrong)).status_code == 422
    unsigned = f"/p/{page.short_id}/preview"
    assert (await client.post(unsigned, data={"moment": "0"})).status_code == 403
    # What others add to the link is ignored, and a doubled parameter of its own refused.
    ended = {"moment": "10000"}
    assert "To the start" not in (await client.post(link, data={"moment": "0"})).text
    for address in (link, f"{link}&moment=0"):
        answer = await client.post(address, data=ended)
        assert answer.status_code == 200 and "To the start" in answer.text
    assert (await client.post(f"{link}&sig=x", data=ended)).status_code == 403
    clock.advance(timedelta(hours=25))
    assert (await client.post(link, data={"moment": "0"})).status_code == 410


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(step=st.integers(min_value=0, max_value=LAST_STEP), stand=st.sampled_from(Stand))
async def test_every_moment_of_every_type_can_be_shown(
    lived: list[Any], now: datetime, step: int, stand: Stand
) -> None:
    for page in lived:
        assert "<main" in shared_html(await preview(page, Choice(step, stand), now), "/x")


@pytest.fixture
async def lived(owner: Any, now: datetime) -> list[Any]:
    """A draft of every type, and pages that run."""
    types = ("flash-sale", "limited-offer", "countdown", "event-registration")
    drafts = [
        await make_draft_of(owner.viewer, name, now=now, launch_at=now + DAY) for name in types
    ]
    return [
        *drafts,
        await make_page(owner.viewer, now=now),
        await make_event(owner.viewer, now=now),
    ]
