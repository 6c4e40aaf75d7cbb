"""A message to all: looked at with its count, sent once to each, and by nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from app.core import db
from app.core.ids import new_id
from app.registrations import mailing
from tests.factories.pages import make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event


def message(**values: str) -> dict[str, str]:
    return {
        "id": str(new_id()),
        "audience": "registered",
        "subject": "Bring <boots>",
        "body": "It will be wet.\n\nSee you & yours!",
        **values,
    }


async def test_it_is_looked_at_before_it_goes(
    owner: Any, clock: Any, run_jobs: Any, inbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "BATCH", 2)
    now = clock.now()
    event = await make_event(owner.viewer, now=now, capacity=3)
    mark = new_id()
    people = [await make_registration(event, now, f"{n}-{mark}@example.com") for n in "abcd"]
    assert people[3].state == "waiting"
    url = f"/console/pages/{event.id}/messages"
    assert (await owner.get(url)).status_code == 200
    form = message(step="preview")
    preview = await owner.post(url, data=form)
    assert "Bring &lt;boots&gt;" in preview.text
    assert "Send to 3 people" in preview.text
    assert await db.fetch_value("SELECT count(*) FROM broadcast") == 0
    for _ in range(2):
        assert (await owner.post(url, data={**form, "step": "send"})).status_code == 303
    # Messages to many leave at a rate.
    await run_jobs()
    clock.advance(timedelta(minutes=1))
    await run_jobs()
    for person in people[:3]:
        mails = [mail for mail in await inbox(person.email) if mail["subject"] == "Bring <boots>"]
        assert len(mails) == 1
        assert "See you & yours!" in mails[0]["text"]
        assert mails[0]["attachments"] == []
    assert all(mail["subject"] != "Bring <boots>" for mail in await inbox(people[3].email))
    assert "to 3 people" in (await owner.get(url)).text


async def test_who_unsubscribed_is_not_written_to(
    owner: Any, client: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    now = clock.now()
    event = await make_event(owner.viewer, now=now)
    mark = new_id()
    ann, bob = [await make_registration(event, now, f"{n}-{mark}@example.com") for n in "ab"]
    url = f"/console/pages/{event.id}/messages"
    await owner.post(url, data=message(step="send", subject="First"))
    await run_jobs()
    clock.advance(timedelta(minutes=1))
    await run_jobs()
    [first] = [mail for mail in await inbox(ann.email) if mail["subject"] == "First"]
    way_out = first["headers"]["List-Unsubscribe"].strip("<>")
    assert first["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click = {"List-Unsubscribe": "One-Click"}
    assert (await client.post(way_out, data=one_click)).status_code in (200, 303)
    second = message(subject="Second")
    preview = await owner.post(url, data={**second, "step": "preview"})
    assert "Send to 1 person" in preview.text
    assert "1 who unsubscribed" in preview.text
    await owner.post(url, data={**second, "step": "send"})
    await run_jobs()
    clock.advance(timedelta(minutes=1))
    await run_jobs()
    assert "Second" not in {mail["subject"] for mail in await inbox(ann.email)}
    assert "Second" in {mail["subject"] for mail in await inbox(bob.email)}


async def test_going_back_keeps_what_was_typed(owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    answer = await owner.post(f"/console/pages/{event.id}/messages", data=message(step="edit"))
    assert "See you &amp; yours!" in answer.text


@pytest.mark.parametrize(
    "values",
    [{"subject": ""}, {"body": " "}, {"subject": "x" * 201}, {"body": "x" * 10_001}, {"audience": "everyone"}, {"step": "burn"}, {"id": "x"}],
)  # fmt: skip
async def test_what_makes_no_message_is_refused(
    owner: Any, now: Any, values: dict[str, str]
) -> None:
    event = await make_event(owner.viewer, now=now)
    await make_registration(event, now)
    form = message(**{"step": "send", **values})
    assert (await owner.post(f"/console/pages/{event.id}/messages", data=form)).status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM broadcast") == 0


async def test_nobody_to_write_to(owner: Any, now: Any) -> None:
    page = await make_countdown(owner.viewer, now=now, by_sms=True)
    await make_registration(page, now, "", phone="+491701234567")
    answer = await owner.post(f"/console/pages/{page.id}/messages", data=message(step="send"))
    assert answer.status_code == 422
    assert "nobody" in answer.text


async def test_only_who_may_message_does(
    owner: Any, colleague: Any, outsider: Any, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now)
    await make_registration(event, now)
    url = f"/console/pages/{event.id}/messages"
    for other in (colleague, outsider):
        assert (await other.get(url)).status_code == 404
        assert (await other.post(url, data=message(step="send"))).status_code == 404
    assert await db.fetch_value("SELECT count(*) FROM broadcast") == 0


async def test_a_sale_has_nobody_to_write_to(owner: Any, now: Any) -> None:
    sale = await make_page(owner.viewer, now=now)
    assert (await owner.get(f"/console/pages/{sale.id}/messages")).status_code == 404
