"""The creator's registrations: found, read, changed, exported, and hidden from everyone else."""

import csv
import io
from typing import Any

import asyncpg
import pytest

from app.core import db
from app.core.ids import new_id
from app.operations.invariants import inspect
from app.registrations.queries import registration_of
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event

HTMX = {"HX-Request": "true"}
LIST = "/console/registrations"
FIELDS = [
    {"key": "diet", "label": "=Diet", "kind": "text"},
    {"key": "age", "label": "Age", "kind": "number"},
]


async def test_an_empty_list_says_what_comes(owner: Any) -> None:
    page = await owner.get(LIST)
    assert page.status_code == 200
    assert "No registrations yet" in page.text
    assert "export.csv" not in page.text


async def test_search_and_filters_narrow_the_list(owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    countdown = await make_countdown(owner.viewer, now=now)
    ann = await make_registration(event, now, "ann@example.com", name="Ann_Lee")
    bob = await make_registration(countdown, now, "bob@example.com", name="")

    async def found(**query: str) -> set[str]:
        page = await owner.get(LIST, params=query, headers=HTMX)
        assert page.status_code == 200
        return {one.email for one in (ann, bob) if f"{LIST}/{one.id}" in page.text}

    both = {ann.email, bob.email}
    assert await found() == both
    assert await found(q="ANN@") == {ann.email}
    assert await found(q="n_L") == {ann.email}
    assert await found(q="%") == set()
    assert await found(state="confirmed") == both
    assert await found(state="waiting") == set()
    assert await found(state="nonsense") == both
    assert await found(page_id=str(event.id)) == {ann.email}
    assert await found(page_id="nonsense") == both
    for odd in ("0", "-1", "99999999999", "x"):
        assert (await owner.get(LIST, params={"page": odd})).status_code == 200


async def test_the_list_takes_at_most_six_statements(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await make_event(owner.viewer, now=now)
    for name in ("ann", "bob", "cid"):
        await make_registration(event, now, f"{name}@example.com")
    statements: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        original = getattr(asyncpg.Connection, name)

        async def counted(self: Any, query: str, *args: Any, _run: Any = original, **kwargs: Any):
            statements.append(query)
            return await _run(self, query, *args, **kwargs)

        monkeypatch.setattr(asyncpg.Connection, name, counted)
    assert (await owner.get(LIST)).status_code == 200
    own = [text for text in statements if text != "SELECT 1"]
    assert len(own) <= 6, own


async def test_the_detail_shows_answers_consent_and_history(
    owner: Any, now: Any, run_jobs: Any
) -> None:
    event = await make_event(owner.viewer, now=now, fields=FIELDS)
    ann = await make_registration(event, now, answers={"diet": "Vegan", "gone": "x"})
    await run_jobs()
    page = await owner.get(f"{LIST}/{ann.id}")
    assert page.status_code == 200
    for text in ("Vegan", "I agree.", "Registered", "You are registered: By the river"):
        assert text in page.text


async def test_changing_moves_the_places(owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now, capacity=4, maximum_quantity=5, fields=FIELDS)
    ann = await make_registration(event, now, quantity=2)
    form = {"name": "Ann L.", "quantity": "4", "answer_diet": "None", "answer_age": "41"}
    answer = await owner.post(f"{LIST}/{ann.id}", data=form, headers=HTMX)
    assert answer.status_code == 200
    assert 'id="registration-detail"' in answer.text
    changed = await registration_of(ann.id)
    assert (changed.name, changed.quantity, changed.answers) == (
        "Ann L.",
        4,
        {"diet": "None", "age": 41},
    )
    refused = await owner.post(f"{LIST}/{ann.id}", data={**form, "quantity": "5"}, headers=HTMX)
    assert refused.status_code == 409
    wrong = await owner.post(f"{LIST}/{ann.id}", data={**form, "answer_age": "old"})
    assert wrong.status_code == 422
    assert 'id="f-answer_age-error"' in wrong.text
    assert (await registration_of(ann.id)).quantity == 4
    assert await inspect(now) == []


async def test_cancelling_frees_the_places_and_says_so(
    owner: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now, f"ann-{new_id()}@example.com")
    for _ in range(2):
        answer = await owner.post(f"{LIST}/{ann.id}/cancellation", headers=HTMX)
        assert answer.status_code == 200
    assert (await registration_of(ann.id)).state == "cancelled"
    await run_jobs()
    subjects = [mail["subject"] for mail in await inbox(ann.email)]
    assert subjects.count("Your registration is cancelled: By the river") == 1
    again = await make_registration(event, now, ann.email)
    assert again.id != ann.id
    assert await inspect(now) == []


async def test_checking_in_and_taking_it_back(owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    assert (await owner.post(f"{LIST}/{ann.id}/check-in", headers=HTMX)).status_code == 200
    assert (await registration_of(ann.id)).checked_in_at == now
    assert (await owner.post(f"{LIST}/{ann.id}/check-in", headers=HTMX)).status_code == 409
    assert (await owner.delete(f"{LIST}/{ann.id}/check-in", headers=HTMX)).status_code == 200
    assert (await registration_of(ann.id)).state == "confirmed"
    assert await inspect(now) == []


async def test_promoting_from_the_waitlist(owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now, capacity=2, maximum_quantity=2)
    ann = await make_registration(event, now, "ann@example.com", quantity=2)
    bob = await make_registration(event, now, "bob@example.com")
    cid = await make_registration(event, now, "cid@example.com")
    assert bob.state == cid.state == "waiting"
    full = await owner.post(f"{LIST}/{cid.id}/promotion", headers=HTMX)
    assert full.status_code == 409
    assert (await registration_of(cid.id)).state == "waiting"
    await owner.post(f"{LIST}/{ann.id}/cancellation", headers=HTMX)
    assert (await owner.post(f"{LIST}/{cid.id}/promotion", headers=HTMX)).status_code == 200
    assert (await registration_of(cid.id)).state == "confirmed"
    assert (await owner.post(f"{LIST}/{cid.id}/promotion", headers=HTMX)).status_code == 409
    assert await inspect(now) == []


async def test_erasing_leaves_nothing(owner: Any, now: Any, run_jobs: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    await run_jobs()
    answer = await owner.post(f"{LIST}/{ann.id}/erasure")
    assert answer.status_code == 303
    for table in ("registration", "registration_event"):
        assert await db.fetch_value(f"SELECT count(*) FROM {table}") == 0
    assert await db.fetch_value("SELECT count(*) FROM message WHERE recipient = $1", ann.email) == 0
    assert (await owner.get(f"{LIST}/{ann.id}")).status_code == 404
    assert await inspect(now) == []


async def test_several_at_once(owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    three = [await make_registration(event, now, f"{n}@example.com") for n in "abc"]
    ids = [str(one.id) for one in three]
    answer = await owner.post(
        f"{LIST}/bulk", data={"id": ids[:2], "verb": "check-in"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert "Done for 2 registrations." in answer.text
    answer = await owner.post(f"{LIST}/bulk", data={"id": ids, "verb": "check-in"}, headers=HTMX)
    assert "Done for 1 registration. 2 stayed as they were." in answer.text
    await owner.post(f"{LIST}/bulk", data={"id": ids, "verb": "cancel"})
    assert await db.fetch_value("SELECT count(*) FROM registration WHERE state = 'cancelled'") == 3
    nothing = await owner.post(f"{LIST}/bulk", data={"verb": "cancel"}, headers=HTMX)
    assert "Nothing was ticked." in nothing.text
    for odd in ({"id": ids, "verb": "burn"}, {"id": ["x"], "verb": "cancel"}, {"id": [str(new_id())], "verb": "erase"}):  # fmt: skip
        assert (await owner.post(f"{LIST}/bulk", data=odd)).status_code in (404, 422)
    await owner.post(f"{LIST}/bulk", data={"id": ids, "verb": "erase"})
    assert await db.fetch_value("SELECT count(*) FROM registration") == 0
    assert await inspect(now) == []


async def test_the_export_is_complete_and_harmless(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.registrations.exporting.SLICE", 2)
    event = await make_event(owner.viewer, now=now, fields=FIELDS)
    name = '=HYPERLINK("http://x"),"Ann";\nLee'
    await make_registration(
        event,
        now,
        "ann@example.com",
        name=name,
        phone="+491701234567",
        answers={"diet": "+1", "age": 4.5},
    )
    for number in range(4):
        await make_registration(event, now, f"{number}@example.com")
    answer = await owner.get(f"{LIST}/export.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 5
    ann = next(row for row in rows if row["email"] == "ann@example.com")
    assert (ann["name"], ann["phone"]) == ("'" + name, "+49 1701234567")
    assert ann["answers"] == "age: 4.5; diet: +1"
    narrowed = await owner.get(f"{LIST}/export.csv", params={"page_id": str(event.id), "q": "ann@"})
    [row] = csv.DictReader(io.StringIO(narrowed.content.decode("utf-8-sig"), newline=""))
    assert (row["'=Diet"], row["Age"]) == ("'+1", "4.5")


async def test_an_outsider_finds_nothing(owner: Any, outsider: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    assert ann.email not in (await outsider.get(LIST)).text
    assert ann.email not in (await outsider.get(f"{LIST}/export.csv")).text
    assert ann.email not in (await outsider.get(f"{LIST}/export.csv?page_id={event.id}")).text
    assert (await outsider.get(f"{LIST}/{ann.id}")).status_code == 404
    for path in ("", "/cancellation", "/promotion", "/check-in", "/erasure"):
        answer = await outsider.post(f"{LIST}/{ann.id}{path}", data={"name": "x"})
        assert answer.status_code == 404
    assert (await outsider.delete(f"{LIST}/{ann.id}/check-in")).status_code == 404
    bulk = await outsider.post(f"{LIST}/bulk", data={"id": [str(ann.id)], "verb": "erase"})
    assert bulk.status_code == 404
    assert await registration_of(ann.id) == ann


async def test_an_editor_reads_but_does_nothing(owner: Any, colleague: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    page = await colleague.get(f"{LIST}/{ann.id}")
    assert page.status_code == 200
    assert "/cancellation" not in page.text
    for path in ("", "/cancellation", "/promotion", "/check-in", "/erasure"):
        assert (
            await colleague.post(f"{LIST}/{ann.id}{path}", data={"name": "x"})
        ).status_code == 404
    bulk = await colleague.post(f"{LIST}/bulk", data={"id": [str(ann.id)], "verb": "erase"})
    assert bulk.status_code == 404
    assert (await colleague.get(f"{LIST}/export.csv")).status_code == 404
    assert await registration_of(ann.id) == ann


async def test_a_visitor_is_sent_to_log_in(client: Any, owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    ann = await make_registration(event, now)
    for path in (
        LIST,
        f"{LIST}/{ann.id}",
        f"{LIST}/export.csv",
        f"/console/pages/{event.id}/messages",
    ):
        assert (await client.get(path)).headers["location"].startswith("/login")


@pytest.mark.parametrize("odd", ["nonsense", "%00", "00000000-0000-0000-0000-000000000000"])
async def test_an_unknown_registration_is_not_there(owner: Any, odd: str) -> None:
    assert (await owner.get(f"{LIST}/{odd}")).status_code == 404
