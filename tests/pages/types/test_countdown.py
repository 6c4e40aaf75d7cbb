"""Countdown: right at the instant without any job, in every state, and its zero is recorded and told once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Invalid
from app.core.forms import validate
from app.pages import announcing, changing, loading, pausing, publishing
from app.pages.editing import form_of, read_edit
from app.pages.terms import Afterlife
from app.pages.types.countdown.form import CountdownForm
from tests.factories.types import DAY, HOUR, make_countdown, make_draft_of, make_page_of
from tests.support.hearing import heard
from tests.support.redirects import leads

SECOND = timedelta(seconds=1)
SHOP = "https://shop.example.com/"
TOLD = "pages.transition"


async def recorded(page: Any) -> list[tuple[str, datetime]]:
    rows = await db.fetch(
        "SELECT to_state, at FROM page_transition WHERE page_id = $1 ORDER BY at", page.id
    )
    return [(row["to_state"], row["at"]) for row in rows]


async def test_it_counts_and_asks_who_wants_to_hear(owner: Any, client: Any, now: Any) -> None:
    page = await make_countdown(owner.viewer, now=now, target_in=DAY)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Starts in" in html and 'name="email"' in html and 'name="phone"' not in html
    assert f'data-deadline-ms="{int((now + DAY).timestamp() * 1000)}"' in html


async def test_its_message_is_there_from_the_very_instant(
    owner: Any, client: Any, clock: Any
) -> None:
    zero = {"action": "show-message", "title": "It is open", "content": "Come **in**."}
    page = await make_countdown(owner.viewer, now=clock.now(), target_in=2 * SECOND, at_zero=zero)
    seen: list[bool] = []
    for _step in range(4):
        html = (await client.get(f"/p/{page.short_id}")).text
        assert ("It is open" in html) is ('name="email"' not in html)
        seen.append("It is open" in html)
        clock.advance(SECOND)
    assert seen == [False, False, True, True]


async def test_its_redirect_is_for_every_later_visitor(owner: Any, client: Any, clock: Any) -> None:
    zero = {"action": "redirect", "url": SHOP}
    page = await make_countdown(owner.viewer, now=clock.now(), at_zero=zero)
    assert (await client.get(f"/p/{page.short_id}")).status_code == 200
    for step in (HOUR, DAY, 35 * DAY):
        clock.advance(step)
        answer = await client.get(f"/p/{page.short_id}")
        assert leads(answer) == SHOP
    # The page ended after 30 days, and is gone 30 days after that.
    clock.advance(30 * DAY)
    assert (await client.get(f"/p/{page.short_id}")).status_code == 410


async def test_its_form_opens_at_zero_and_closes_with_the_page(
    owner: Any, client: Any, clock: Any
) -> None:
    zero = {"action": "show-form", "title": "Who comes along?"}
    page = await make_countdown(
        owner.viewer,
        now=clock.now(),
        at_zero=zero,
        expires_at=clock.now() + 2 * HOUR,
        by_sms=True,
    )
    clock.advance(HOUR)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Who comes along?" in html and 'name="phone"' in html
    clock.advance(HOUR)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Who comes along?" in html and 'name="email"' not in html


async def test_without_a_target_it_counts_to_its_end(owner: Any, client: Any, clock: Any) -> None:
    zero = {"action": "redirect", "url": SHOP}
    page = await make_page_of(
        owner.viewer, "countdown", now=clock.now(), expires_at=clock.now() + HOUR, at_zero=zero
    )
    clock.advance(HOUR)
    assert leads(await client.get(f"/p/{page.short_id}")) == SHOP


async def test_an_afterlife_of_its_own_follows_the_action(
    owner: Any, client: Any, clock: Any
) -> None:
    after = Afterlife(action="redirect", url="https://later.example.com/")
    page = await make_countdown(
        owner.viewer,
        now=clock.now(),
        at_zero={"action": "redirect", "url": SHOP},
        expires_at=clock.now() + DAY,
        afterlife=after,
    )
    clock.advance(HOUR)
    assert leads(await client.get(f"/p/{page.short_id}")) == SHOP
    clock.advance(DAY)
    assert leads(await client.get(f"/p/{page.short_id}")) == after.url


async def test_ended_by_hand_before_zero_it_never_acts(owner: Any, client: Any, clock: Any) -> None:
    page = await make_countdown(
        owner.viewer, now=clock.now(), at_zero={"action": "redirect", "url": SHOP}
    )
    ended = await owner.post(f"/console/pages/{page.id}/ending", data={"": ""})
    assert ended.status_code in (200, 303)
    clock.advance(2 * HOUR)
    await heard()
    answer = await client.get(f"/p/{page.short_id}")
    assert answer.status_code == 200 and "This countdown is over" in answer.text


async def test_zero_is_recorded_and_told_once(
    owner: Any, client: Any, clock: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_countdown(owner.viewer, now=clock.now())
    target = clock.now() + HOUR
    await run_jobs()
    clock.advance(HOUR)
    for _twice in range(2):
        await announcing.announce(page.id, clock.now())
    assert [name for name, _at in await recorded(page)] == ["active", "reached"]
    assert (await recorded(page))[-1][1] == target
    told = await db.fetch_value("SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", TOLD)
    assert told == 1
    assert await announcing.announce_missed(clock.now()) == 0


async def test_a_zero_that_nobody_announced_is_found(owner: Any, clock: Any, run_jobs: Any) -> None:
    page = await make_countdown(owner.viewer, now=clock.now())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(HOUR + timedelta(minutes=5))
    assert await announcing.announce_missed(clock.now()) == 1
    await run_jobs()
    assert [name for name, _at in await recorded(page)] == ["active", "reached"]
    assert await announcing.announce_missed(clock.now()) == 0


async def test_the_next_moment_is_queued_after_each(owner: Any, clock: Any, run_jobs: Any) -> None:
    page = await make_page_of(
        owner.viewer,
        "countdown",
        now=clock.now(),
        launch_at=clock.now() + HOUR,
        target_at=clock.now() + 2 * HOUR,
        expires_at=clock.now() + 3 * HOUR,
    )
    for _step in range(4):
        await run_jobs()
        clock.advance(HOUR)
    names = [name for name, _at in await recorded(page)]
    assert names == ["scheduled", "active", "reached", "expired"]


async def test_a_pause_that_moves_the_clock_moves_the_target(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_countdown(owner.viewer, now=clock.now())
    target = page.settings.target_at  # type: ignore[attr-defined]  # the countdown's own
    await pausing.pause(page, owner.viewer.user_id, clock.now(), moves_deadline=True)
    clock.advance(2 * HOUR)
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "The clock stands still" in html and "data-countdown" not in html
    await pausing.resume(await loading.by_id(page.id), owner.viewer.user_id, clock.now())
    after = await loading.by_id(page.id)
    assert after.settings.target_at == target + 2 * HOUR  # type: ignore[attr-defined]


async def test_a_pause_that_lets_the_clock_run_does_not(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_countdown(owner.viewer, now=clock.now())
    await pausing.pause(page, owner.viewer.user_id, clock.now(), moves_deadline=False)
    clock.advance(HOUR)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "The time has come" in html


async def test_a_moved_target_is_told_to_visitors_and_to_other_modules(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_countdown(owner.viewer, now=clock.now())
    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    later = clock.now() + 5 * HOUR
    from app.core.local_times import fold_of, to_local

    values["target_at"] = to_local(later, page.zone)
    values["target_at_fold"] = fold_of(later, page.zone)
    form = validate(CountdownForm, values)
    edit = read_edit(form, page, {}, clock.now())
    assert edit is not None and form.ok, form.errors
    await changing.save(page, edit, owner.viewer.user_id, clock.now())
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Countdown moved from" in html
    assert await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'pages.changed_times'"
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target_at": "2300-01-01T10:00"}, "target_at"),
        ({"target_at": "tomorrow"}, "target_at"),
        ({"zero_action": "redirect", "zero_url": "http://plain.example.com"}, "zero_url"),
        ({"zero_action": "redirect", "zero_url": "javascript:alert(1)"}, "zero_url"),
        ({"zero_action": "redirect", "zero_url": ""}, "zero_url"),
        ({"zero_action": "explode"}, "zero_action"),
        ({"zero_title": "x" * 121}, "zero_title"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zero_action": "show-form", "target_at": ""}, "target_at"),
        ({"surprise": "1"}, ""),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    owner: Any, now: Any, changes: dict[str, str], field: str
) -> None:
    page = await make_draft_of(owner.viewer, "countdown", now=now, target_at=now + HOUR)
    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    answer = await owner.post(f"/console/pages/{page.id}/edit", data={**values, **changes})
    assert answer.status_code == 422
    form = validate(CountdownForm, {**values, **changes})
    read_edit(form, page, {}, now)
    assert field in form.errors
    stored = await loading.by_id(page.id)
    assert stored.settings == page.settings and stored.version == page.version


async def test_a_target_after_the_end_is_not_published(owner: Any, now: Any) -> None:
    page = await make_draft_of(
        owner.viewer, "countdown", now=now, target_at=now + 3 * HOUR, expires_at=now + HOUR
    )
    with pytest.raises(Invalid, match="not be after the end"):
        await publishing.publish(page, owner.viewer.user_id, now)


async def test_outsiders_neither_see_nor_change_it(owner: Any, outsider: Any, now: Any) -> None:
    page = await make_draft_of(owner.viewer, "countdown", now=now)
    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    assert (await outsider.get(f"/console/pages/{page.id}/edit")).status_code == 404
    sent = await outsider.post(f"/console/pages/{page.id}/edit", data={**values, "title": "Mine"})
    assert sent.status_code == 404
    assert (await loading.by_id(page.id)).title == page.title
