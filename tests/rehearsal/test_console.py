"""The console's pages of rehearsals: asked for, watched, called off, read; for others they are not there."""

from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import db
from app.core.ids import new_id
from app.pages.loading import PageRecord
from tests.factories.auth import make_colleague
from tests.factories.pages import make_draft
from tests.factories.rehearsals import ask_for
from tests.factories.types import make_draft_of, make_event


@pytest.fixture
async def page(owner: Any, now: datetime) -> PageRecord:
    return await make_event(owner.viewer, now=now, capacity=2)


def home(page: PageRecord) -> str:
    return f"/console/pages/{page.id}/rehearsals"


def form(**values: str) -> dict[str, str]:
    plain = {"people": "5", "rush": "groups", "pieces": "1", "fickle": "20"}
    return {"id": str(new_id()), **plain, **values}


async def count() -> int:
    return await db.fetch_value("SELECT count(*) FROM rehearsal")


async def test_from_the_form_to_the_report(owner: Any, page: PageRecord, run_jobs: Any) -> None:
    shown = (await owner.get(home(page))).text
    assert "None yet" in shown
    assert "Rehearse" in (await owner.get(f"/console/pages/{page.id}")).text
    sent = form()
    answer = await owner.post(home(page), data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{home(page)}/{sent['id']}")
    assert (await owner.post(home(page), data=sent)).headers["location"].endswith(sent["id"])
    assert await count() == 1
    waiting = (await owner.get(answer.headers["location"])).text
    assert "Waiting for its turn" in waiting
    assert f'hx-get="{home(page)}/{sent["id"]}/state"' in waiting
    await run_jobs()
    state = await owner.get(f"{home(page)}/{sent['id']}/state", headers={"HX-Request": "true"})
    assert state.text.lstrip().startswith('<div id="rehearsal"')
    assert "hx-get" not in state.text
    for words in ("Oversold", "will be turned away at this capacity", "Registration confirmed"):
        assert words in state.text
    listed = (await owner.get(home(page))).text
    assert "5 people" in listed
    assert "Registered: 2" in listed


async def test_while_one_is_under_way_another_is_refused_and_what_was_typed_kept(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    await ask_for(page, owner.viewer, now)
    answer = await owner.post(home(page), data=form(people="77"))
    assert answer.status_code == 409
    assert "under way already" in answer.text
    assert 'value="77"' in answer.text
    assert await count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("people", "0"), ("people", "501"), ("people", "many"), ("pieces", "0"), ("pieces", "21"),
     ("fickle", "-1"), ("fickle", "101"), ("rush", "stampede"), ("id", "1"), ("more", "1")],
)  # fmt: skip
async def test_wrong_fields_are_refused(
    owner: Any, page: PageRecord, field: str, value: str
) -> None:
    answer = await owner.post(home(page), data=form(**{field: value}))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await count() == 0


async def test_called_off(owner: Any, page: PageRecord, now: datetime, run_jobs: Any) -> None:
    own = f"{home(page)}/{await ask_for(page, owner.viewer, now)}"
    answer = await owner.post(f"{own}/cancellation")
    assert (answer.status_code, answer.headers["location"]) == (303, own)
    assert "Nothing of it is left" in (await owner.get(own)).text
    await run_jobs()
    again = await owner.post(f"{own}/cancellation", headers={"HX-Request": "true"})
    assert again.status_code == 409
    assert "Cancelled" in (await owner.get(home(page))).text


async def test_a_failed_one_says_why(owner: Any, page: PageRecord, now: datetime) -> None:
    rehearsal_id = await ask_for(page, owner.viewer, now)
    await db.execute(
        "UPDATE rehearsal SET state = 'failed', reason = 'It took too long.', finished_at = $2 WHERE id = $1",
        *(rehearsal_id, now),
    )
    shown = (await owner.get(f"{home(page)}/{rehearsal_id}")).text
    assert "The rehearsal broke off" in shown
    assert "It took too long." in shown


async def test_a_page_that_is_not_ready_says_what_is_missing(owner: Any, now: datetime) -> None:
    page = await make_draft_of(owner.viewer, "event-registration", now=now)
    shown = await owner.get(home(page))
    assert "Please set when the event starts and ends." in shown.text
    assert 'name="people"' not in shown.text
    assert (await owner.post(home(page), data=form())).status_code == 422
    assert await count() == 0


async def test_an_address_must_be_confirmed_first(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    await db.execute('UPDATE "user" SET verified_at = NULL')
    assert "confirm your e-mail address" in (await owner.get(home(page))).text
    assert (await owner.post(home(page), data=form())).status_code == 422
    assert await count() == 0


async def test_the_form_says_how_payments_are_made(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = await make_draft(owner.viewer, now=now)
    assert "built-in sandbox" in (await owner.get(home(sale))).text
    from app.core.settings import get_settings

    monkeypatch.setattr(get_settings(), "stripe_api_base", "")
    for key, words in (("sk_test_x", "test mode"), ("sk_live_x", "nothing is paid")):
        monkeypatch.setattr(get_settings(), "stripe_api_key", key)
        assert words in (await owner.get(home(sale))).text


async def test_for_others_there_is_nothing(
    owner: Any,
    colleague: Any,
    outsider: Any,
    client: httpx.AsyncClient,
    page: PageRecord,
    now: datetime,
) -> None:
    own = f"{home(page)}/{await ask_for(page, owner.viewer, now)}"
    for other in (outsider, colleague):  # he is an editor: who may not publish may not rehearse
        for address in (home(page), own, f"{own}/state"):
            assert (await other.get(address)).status_code == 404
        assert (await other.post(home(page), data=form())).status_code == 404
        assert (await other.post(f"{own}/cancellation")).status_code == 404
    assert (await client.post(f"{own}/cancellation")).headers["location"].startswith("/login")
    assert await db.fetch_value("SELECT state FROM rehearsal") == "queued"
    assert "/rehearsals" not in (await colleague.get(f"/console/pages/{page.id}")).text


async def test_one_of_another_page_is_not_found(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    rehearsal_id = await ask_for(page, owner.viewer, now)
    other = await make_event(owner.viewer, now=now)
    for address in (rehearsal_id, UUID(int=0)):
        assert (await owner.get(f"{home(other)}/{address}")).status_code == 404


async def test_a_manager_may_rehearse(
    app: Any, owner: Any, page: PageRecord, now: datetime
) -> None:
    from tests.conftest import member_of

    manager = await make_colleague(
        owner.viewer, email="mia@example.com", roles=("manager",), now=now
    )
    async with await member_of(app, now, manager) as member:
        assert (await member.post(home(page), data=form())).status_code == 303


async def test_asking_again_and_again_is_bounded(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    await ask_for(page, owner.viewer, now)
    found = [(await owner.post(home(page), data=form())).status_code for _ in range(31)]
    assert found[-1] == 429
