"""Messages to everyone on a page: launch notices, reminders, changed plans, what comes afterwards; each once."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.core import db
from app.core.settings import get_settings
from app.notifications.unsubscribing import is_unsubscribed, unsubscribe
from app.pages import changing, loading, pausing
from app.pages.collecting import collection_of
from app.pages.editing import Edit
from app.registrations import mailing, noticing
from app.registrations.cancelling import cancel
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def subjects(inbox: Any, address: str) -> list[str]:
    return [mail["subject"] for mail in reversed(await inbox(address))]


async def move_event(page: Any, viewer: Any, now: Any, by: timedelta) -> None:
    """Move an event as the editor does."""
    page = await loading.by_id(page.id)
    settings = page.settings.model_copy(
        update={"starts_at": page.settings.starts_at + by, "ends_at": page.settings.ends_at + by}
    )
    edit = Edit(
        title=page.title,
        description=page.description,
        language=page.language,
        zone=page.zone,
        theme=page.theme,
        settings=settings,
        afterlife=page.afterlife,
        times=page.times,
        contents=page.contents,
    )
    await changing.save(page, edit, viewer.user_id, now)


async def queued(name: str) -> int:
    return await db.fetch_value("SELECT count(*) FROM message WHERE name = $1", name)


async def test_a_countdown_tells_everyone_once(
    owner: Any, client: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_countdown(owner.viewer, now=clock.now(), by_sms=True)
    email = f"ann-{page.short_id}@example.com"
    await make_registration(page, clock.now(), email)
    phone = f"+49{page.id.int % 10**10:010}"
    await make_registration(page, clock.now(), "", phone=phone)
    gone = await make_registration(page, clock.now(), "gone@example.com")
    await cancel(await collection_of(page.id, clock.now()), gone.id, clock.now(), tell=False)
    await run_jobs()
    assert await queued("launch-notice") == 0
    clock.advance(HOUR)
    await run_jobs()
    clock.advance(MINUTE)
    await run_jobs()
    assert await subjects(inbox, email) == [
        "You will hear from us: The drawer",
        "It has started: The drawer",
    ]
    rows = await db.fetch("SELECT channel, recipient FROM message WHERE name = 'launch-notice'")
    assert {tuple(row) for row in rows} == {("email", email), ("sms", phone)}
    (text,) = [sms["text"] for sms in await inbox(phone) if "It has started" in sms["text"]]
    way_out = re.search(r"No more: \S+(/unsubscribe/\S{42})\s*$", text)
    assert way_out and len(text) < 250
    assert (await client.post(way_out[1])).status_code == 200
    assert await is_unsubscribed(phone, page.id)
    await noticing.moment_came(page.id, "reached", clock.now(), clock.now())
    await run_jobs()
    assert await queued("launch-notice") == 2


async def test_who_comes_after_zero_is_not_told_of_it(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    page = await make_countdown(owner.viewer, now=clock.now(), at_zero={"action": "show-form"})
    clock.advance(HOUR + MINUTE)
    await make_registration(page, clock.now(), "late@example.com")
    await run_jobs()
    assert await queued("launch-notice") == 0


async def test_batches_keep_to_the_operators_rate(
    owner: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "BATCH", 3)
    monkeypatch.setattr(get_settings(), "messages_per_second", 2)
    page = await make_countdown(owner.viewer, now=clock.now())
    for number in range(8):
        await make_registration(page, clock.now(), f"p{number}@example.com")
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(HOUR)
    now = clock.now()
    await noticing.moment_came(page.id, "reached", now, now)
    mailing_id = await db.fetch_value("SELECT id FROM mailing")
    assert [await mailing.send_batch(mailing_id, now) for _ in range(4)] == [3, 3, 2, 0]
    due = await db.fetch(
        """SELECT (convert_from(payload, 'UTF8')::jsonb ->> 'run_at')::timestamptz AS at FROM pgqueuer
           WHERE entrypoint = 'notifications.deliver' ORDER BY id"""
    )
    seconds = [(row["at"] - now).total_seconds() for row in due]
    assert seconds == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]


async def test_a_batch_that_fails_leaves_nothing_and_goes_on(
    owner: Any, clock: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "BATCH", 2)
    page = await make_countdown(owner.viewer, now=clock.now())
    for number in range(5):
        await make_registration(page, clock.now(), f"p{number}@example.com")
    clock.advance(HOUR)
    await noticing.moment_came(page.id, "reached", clock.now(), clock.now())
    mailing_id = await db.fetch_value("SELECT id FROM mailing")
    await mailing.send_batch(mailing_id, clock.now())
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await mailing.send_batch(mailing_id, clock.now())
            raise RuntimeError("the worker dies")
    assert await queued("launch-notice") == 2
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(3 * MINUTE)
    await mailing.resume(clock.now())
    await mailing.resume(clock.now())
    await run_jobs()
    assert await queued("launch-notice") == 5


async def test_who_unsubscribed_gets_none(
    owner: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now(), reminders=(120, 60))
    emails = [f"{name}-{page.short_id}@example.com" for name in ("ann", "bob")]
    for email in emails:
        await make_registration(page, clock.now(), email)
    await run_jobs()
    clock.advance(10 * DAY - 2 * HOUR)
    await run_jobs()
    row = await db.fetch_one(
        "SELECT id, list_id FROM message WHERE name = 'event-reminder' AND recipient = $1",
        emails[0],
    )
    assert row is not None
    assert row["list_id"] == page.id
    assert await unsubscribe(row["id"], clock.now())
    clock.advance(HOUR)
    await run_jobs()
    got = [(await subjects(inbox, email)).count("Soon: By the river") for email in emails]
    assert got == [1, 2]


async def test_reminders_move_with_the_event(
    owner: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now(), reminders=(24 * 60,))
    email = f"ann-{page.short_id}@example.com"
    await make_registration(page, clock.now(), email)
    await run_jobs()
    clock.advance(8 * DAY)
    await move_event(page, owner.viewer, clock.now(), 3 * DAY)
    await run_jobs()
    clock.advance(DAY + MINUTE)
    await run_jobs()
    assert "Soon: By the river" not in await subjects(inbox, email)
    assert "New time or place: By the river" in await subjects(inbox, email)
    clock.advance(3 * DAY)
    await run_jobs()
    assert (await subjects(inbox, email)).count("Soon: By the river") == 1
    await move_event(page, owner.viewer, clock.now(), 25 * MINUTE)
    await run_jobs()
    clock.advance(26 * MINUTE)
    await run_jobs()
    assert (await subjects(inbox, email)).count("Soon: By the river") == 1, "reminded twice"


async def test_no_reminder_for_the_cancelled(
    owner: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now(), reminders=(60,))
    email = f"ann-{page.short_id}@example.com"
    one = await make_registration(page, clock.now(), email)
    await run_jobs()
    await cancel(await collection_of(page.id, clock.now()), one.id, clock.now())
    clock.advance(10 * DAY - HOUR)
    await run_jobs()
    assert "Soon: By the river" not in await subjects(inbox, email)


async def test_cancelling_withdraws_what_still_waits(owner: Any, clock: Any) -> None:
    page = await make_event(owner.viewer, now=clock.now(), reminders=(60,))
    one = await make_registration(page, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    now = clock.now() + 10 * DAY - HOUR
    await mailing.start(page.id, "reminder", "r", now, before=now, details={"minutes": 60})
    await mailing.send_batch(await db.fetch_value("SELECT id FROM mailing"), now)
    await cancel(await collection_of(page.id, now), one.id, now)
    row = await db.fetch_one("SELECT state FROM message WHERE name = 'event-reminder'")
    assert row is not None
    assert row["state"] == "skipped"


async def test_what_comes_afterwards(owner: Any, clock: Any, run_jobs: Any, inbox: Any) -> None:
    page = await make_event(
        owner.viewer, now=clock.now(), post_event_content="The slides:\nhttps://example.com"
    )
    other = await make_event(owner.viewer, now=clock.now())
    email = f"ann-{page.short_id}@example.com"
    for each in (page, other):
        await make_registration(each, clock.now(), email)
    await run_jobs()
    clock.advance(10 * DAY + 3 * HOUR)
    await run_jobs()
    [mail] = [one for one in await inbox(email) if one["subject"].startswith("Afterwards")]
    assert "The slides:" in mail["text"]


async def test_a_paused_page_keeps_its_reminders(owner: Any, clock: Any, run_jobs: Any) -> None:
    page = await make_event(owner.viewer, now=clock.now(), reminders=(60,))
    await make_registration(page, clock.now())
    await pausing.pause(page, owner.viewer.user_id, clock.now(), moves_deadline=False)
    clock.advance(10 * DAY - HOUR)
    await run_jobs()
    assert await queued("event-reminder") == 1
