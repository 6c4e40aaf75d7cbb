"""What registrants do with their link, and what nobody else can."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core import db
from app.operations.invariants import inspect
from app.registrations.links import manage_path
from app.registrations.queries import registration_of
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event

FIELDS = [{"key": "diet", "label": "Diet", "kind": "text", "required": True}]
ZOOM = {"kind": "virtual", "platform": "zoom", "link": "https://zoom.example/j/1"}


async def test_the_link_shows_what_was_noted(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now, fields=FIELDS, place=ZOOM)
    ann = await make_registration(event, now, answers={"diet": "Vegan"})
    page = await client.get(manage_path(ann.id, now))
    assert page.status_code == 200
    for text in ("You are registered", "Vegan", "I agree.", ZOOM["link"], "noindex"):
        assert text in page.text
    assert page.headers["cache-control"] == "no-store"
    public = await client.get(f"/p/{event.short_id}")
    assert ZOOM["link"] not in public.text
    assert ZOOM["link"] not in (await client.get(f"/p/{event.short_id}/event.ics")).text
    assert ZOOM["link"] in (await client.get(f"{manage_path(ann.id, now)}/event.ics")).text


async def test_another_link_opens_nothing(owner: Any, client: httpx.AsyncClient, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    bob = await make_registration(event, now, "bob@example.com")
    payload, _dot, signature = manage_path(ann.id, now).rpartition(".")
    _payload, _dot, other = manage_path(bob.id, now + timedelta(seconds=1)).rpartition(".")
    for path in (f"{payload}.{other}", f"{payload}.{signature}x", f"/registrations/{ann.id}", "/registrations/x"):  # fmt: skip
        for verb in ("", "/cancellation", "/erasure"):
            assert (await client.post(f"{path}{verb}", data={"name": "x"})).status_code == 403
        for view in ("", "/export", "/event.ics"):
            assert (await client.get(f"{path}{view}")).status_code == 403
    assert await registration_of(ann.id) == ann


async def test_changing_it(owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any) -> None:
    event = await make_event(owner.viewer, now=now, capacity=4, maximum_quantity=3, fields=FIELDS, ask_phone=True)  # fmt: skip
    ann = await make_registration(event, now, answers={"diet": "Vegan"}, quantity=2)
    await make_registration(event, now, "bob@example.com")
    path = manage_path(ann.id, now)
    form = {"name": "Ann L.", "phone": "", "quantity": "3", "answer_diet": "None"}
    assert (await client.post(path, data=form)).status_code == 303
    changed = await registration_of(ann.id)
    assert (changed.name, changed.quantity, changed.answers) == ("Ann L.", 3, {"diet": "None"})
    for wrong, status in (({"quantity": "4"}, 422), ({"answer_diet": ""}, 422), ({"name": ""}, 422), ({"email": "x@example.com"}, 422), ({"state": "attended"}, 422)):  # fmt: skip
        assert (await client.post(path, data={**form, **wrong})).status_code == status
    await make_registration(event, now, "cid@example.com")
    assert (await client.post(path, data={**form, "quantity": "2"})).status_code == 303
    assert await inspect(now) == []
    await run_jobs()
    assert await inspect(now) == []


async def test_more_places_than_are_left_are_refused(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now, capacity=2, maximum_quantity=3, waitlist=False)
    ann = await make_registration(event, now)
    form = {"name": "Ann", "quantity": "3"}
    answer = await client.post(manage_path(ann.id, now), data=form)
    assert answer.status_code == 409
    assert "Only 1 left" in answer.text
    assert (await registration_of(ann.id)).quantity == 1


async def test_nobody_takes_more_while_others_wait(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now, capacity=1, maximum_quantity=3)
    ann = await make_registration(event, now)
    bob = await make_registration(event, now, "bob@example.com", quantity=2)
    assert (
        await client.post(manage_path(ann.id, now), data={"name": "Ann", "quantity": "2"})
    ).status_code == 409
    path = manage_path(bob.id, now)
    assert "You are on the waitlist" in (await client.get(path)).text
    assert (await client.post(path, data={"name": "Bob", "quantity": "3"})).status_code == 409
    assert (await client.post(path, data={"name": "Bob", "quantity": "1"})).status_code == 303
    assert (await registration_of(bob.id)).state == "waiting"


async def test_cancelling_is_once_and_final(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    path = manage_path(ann.id, now)
    for _ in range(2):
        assert (await client.post(f"{path}/cancellation")).status_code == 303
    assert "is cancelled" in (await client.get(path)).text
    assert (await client.post(path, data={"name": "Ann"})).status_code == 409
    assert "METHOD:CANCEL" in (await client.get(f"{path}/event.ics")).text
    assert (
        await db.fetch_value("SELECT count(*) FROM registration_event WHERE kind = 'cancelled'")
        == 1
    )
    assert await inspect(now) == []


async def test_taking_everything_along(
    owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any
) -> None:
    event = await make_event(owner.viewer, now=now, fields=FIELDS)
    ann = await make_registration(event, now, answers={"diet": "Vegan"})
    await run_jobs()
    answer = await client.get(f"{manage_path(ann.id, now)}/export")
    assert "attachment" in answer.headers["content-disposition"]
    kept = json.loads(answer.text)
    assert kept["registration"]["email"] == ann.email
    assert kept["answers"] == {"Diet": "Vegan"}
    assert kept["consent"]["text"] == "I agree." and kept["consent"]["version"] == 1
    assert kept["consent"]["given_at"] == now.isoformat()
    assert [message["state"] for message in kept["messages"]] == ["sent"]


async def test_erasing_is_for_good(
    owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any
) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    path = manage_path(ann.id, now)
    assert "are gone" in (await client.post(f"{path}/erasure")).text
    assert await db.fetch_value("SELECT count(*) FROM registration") == 0
    assert (await client.get(path)).status_code == 410
    assert (await client.post(f"{path}/erasure")).status_code == 410
    await run_jobs()
    assert await db.fetch_value("SELECT count(*) FROM message WHERE recipient = $1", ann.email) == 0
    assert await inspect(now) == []


async def test_after_the_start_nothing_changes_but_erasing_works(
    owner: Any, client: httpx.AsyncClient, clock: Any
) -> None:
    event = await make_event(owner.viewer, now=clock.now(), starts_in=timedelta(hours=2))
    ann = await make_registration(event, clock.now())
    path = manage_path(ann.id, clock.now())
    clock.advance(timedelta(hours=2))
    assert (await client.post(path, data={"name": "Bob"})).status_code == 409
    assert (await registration_of(ann.id)).name == "Ann"
    clock.advance(timedelta(days=40))
    assert "It is over" in (await client.get(path)).text
    assert (await client.post(f"{path}/erasure")).status_code == 200


@pytest.mark.parametrize(
    "values", [{"email": "ann@example.com"}, {"email": "", "phone": "+491701234567"}]
)
async def test_a_countdowns_sign_up_is_managed_too(
    owner: Any, client: httpx.AsyncClient, now: Any, values: dict[str, str]
) -> None:
    page = await make_countdown(owner.viewer, now=now, by_sms=True)
    ann = await make_registration(page, now, name="", **values)
    path = manage_path(ann.id, now)
    assert "You will hear from us" in (await client.get(path)).text
    assert (await client.get(f"{path}/event.ics")).status_code == 404
    assert (await client.post(f"{path}/cancellation")).status_code == 303


async def test_who_waits_sees_their_place_in_line(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now, capacity=1)
    ann = await make_registration(event, now)
    bob = await make_registration(event, now, "bob@example.com")
    cid = await make_registration(event, now, "cid@example.com")
    assert "Your place in the line: 1" in (await client.get(manage_path(bob.id, now))).text
    assert "Your place in the line: 2" in (await client.get(manage_path(cid.id, now))).text
    await client.post(f"{manage_path(ann.id, now)}/cancellation")
    assert "A place is offered to you" in (await client.get(manage_path(bob.id, now))).text
    assert "Your place in the line: 1" in (await client.get(manage_path(cid.id, now))).text


async def test_who_left_a_number_alone_is_told_by_text_message(
    owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any
) -> None:
    page = await make_countdown(owner.viewer, now=now, by_sms=True)
    ann = await make_registration(page, now, "", phone="+491701234567", name="")
    await client.post(f"{manage_path(ann.id, now)}/cancellation")
    await run_jobs()
    rows = await db.fetch(
        "SELECT name, channel, recipient FROM message WHERE subject_of = $1 ORDER BY id", ann.id
    )
    assert [tuple(row) for row in rows] == [
        ("registration", "sms", "+491701234567"),
        ("registration-cancelled", "sms", "+491701234567"),
    ]
