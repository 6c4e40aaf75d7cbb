"""A volunteer finds the guests of their group's events and checks them in, and sees nothing else."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from app.core import db
from app.core.ids import new_id
from tests.conftest import Member, member_of
from tests.factories.auth import make_colleague
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event

HTMX = {"HX-Request": "true"}
DOOR = "/console/door"


@pytest.fixture
async def volunteer(app: Any, owner: Member, now: Any) -> AsyncGenerator[Member, None]:
    """Vera, who may only check in, in Olivia's group."""
    viewer = await make_colleague(
        owner.viewer, email="vera@example.com", roles=("volunteer",), now=now, name="Vera"
    )
    async with await member_of(app, now, viewer) as member:
        yield member


async def state_of(id: Any) -> str:
    return str(await db.fetch_value("SELECT state FROM registration WHERE id = $1", id))


async def test_a_volunteer_checks_a_guest_in_and_takes_it_back(
    owner: Member, volunteer: Member, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now, title="Rowing day")
    ann = await make_registration(event, now, "ann@example.com", name="Ann Lee")
    bob = await make_registration(event, now, "bob@example.com", name="Bob")
    shown = await volunteer.get(DOOR)
    assert "Rowing day" in shown.text
    assert "0 of 2 are here" in shown.text
    url = f"{DOOR}/{event.id}"
    everyone = (await volunteer.get(url)).text
    assert "Ann Lee" in everyone
    assert "example.com" not in everyone.replace("vera@example.com", "")
    found = (await volunteer.get(url, params={"q": "n L"}, headers=HTMX)).text
    assert "Ann Lee" in found and "Bob" not in found
    check_in = f"{url}/guests/{ann.id}/check-in"
    answer = await volunteer.post(check_in, headers=HTMX)
    assert answer.status_code == 200
    assert "here since" in answer.text
    assert "1 of 2 are here" in answer.text
    assert await state_of(ann.id) == "attended"
    assert await state_of(bob.id) == "confirmed"
    again = await volunteer.post(check_in, headers=HTMX)
    assert again.status_code == 409
    assert "checked them in already" in again.text
    taken_back = await volunteer.delete(check_in, headers=HTMX)
    assert taken_back.status_code == 200
    assert await state_of(ann.id) == "confirmed"
    plain = await volunteer.post(check_in)
    assert (plain.status_code, plain.headers["location"].partition("?")[0]) == (303, url)
    who = await db.fetch_value(
        "SELECT actor_id FROM registration_event WHERE registration_id = $1 AND kind = 'checked_in' LIMIT 1",
        ann.id,
    )
    assert who == volunteer.viewer.user_id


async def test_an_address_finds_a_guest_only_as_a_whole(
    owner: Member, volunteer: Member, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now)
    await make_registration(event, now, "ann@example.com", name="Ann Lee")

    async def finds(text: str) -> bool:
        answer = await volunteer.get(f"{DOOR}/{event.id}", params={"q": text}, headers=HTMX)
        return "Ann Lee" in answer.text

    assert await finds("ANN@example.com")
    assert not await finds("ann@")
    assert not await finds("%")
    assert not await finds("\x00@")


async def test_who_waits_or_cancelled_is_not_at_the_door(
    owner: Member, volunteer: Member, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now)
    gone = await make_registration(event, now, "gone@example.com", name="Gone")
    await db.execute(
        "UPDATE registration SET state = 'cancelled', cancelled_at = $2 WHERE id = $1", gone.id, now
    )
    assert "Gone" not in (await volunteer.get(f"{DOOR}/{event.id}")).text
    answer = await volunteer.post(f"{DOOR}/{event.id}/guests/{gone.id}/check-in")
    assert answer.status_code == 404


async def test_other_pages_and_other_groups_are_not_there(
    owner: Member, volunteer: Member, outsider: Member, now: Any
) -> None:
    countdown = await make_countdown(owner.viewer, now=now)
    event = await make_event(owner.viewer, now=now)
    theirs = await make_event(outsider.viewer, now=now, title="Elsewhere")
    stranger = await make_registration(theirs, now, "eve@example.com", name="Eve")
    assert "Elsewhere" not in (await volunteer.get(DOOR)).text
    for page_id in (countdown.id, theirs.id, new_id()):
        assert (await volunteer.get(f"{DOOR}/{page_id}")).status_code == 404
    for page_id in (theirs.id, event.id):
        url = f"{DOOR}/{page_id}/guests/{stranger.id}/check-in"
        assert (await volunteer.post(url)).status_code == 404
        assert (await volunteer.delete(url)).status_code == 404
    assert await state_of(stranger.id) == "confirmed"


async def test_an_event_leaves_the_door_a_day_after_its_end(
    owner: Member, volunteer: Member, now: Any, clock: Any
) -> None:
    event = await make_event(owner.viewer, now=now, starts_in=timedelta(hours=2))
    clock.advance(timedelta(hours=28))
    assert (await volunteer.get(f"{DOOR}/{event.id}")).status_code == 200
    clock.advance(timedelta(hours=2))
    assert (await volunteer.get(f"{DOOR}/{event.id}")).status_code == 404
    assert "No event to check in for" in (await volunteer.get(DOOR)).text
