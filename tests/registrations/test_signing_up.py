"""The visitor's form: what is stored, what is refused with nothing stored, and what it never tells."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core import db
from app.core.settings import get_settings
from app.stock.levels import levels
from tests.factories.registrations import CONSENT, make_registration, send, solved, typed
from tests.factories.types import make_countdown, make_event

FIELDS = [
    {
        "key": "diet",
        "label": "Diet",
        "kind": "choice",
        "options": ["None", "Vegan"],
        "required": True,
    },
    {"key": "age", "label": "Age", "kind": "number", "min": 16, "max": 120},
    {"key": "note", "label": "Note", "kind": "text", "max": 20},
    {"key": "photo", "label": "Photos are fine", "kind": "checkbox"},
    {"key": "arrival", "label": "Arrival", "kind": "date"},
]


async def stored() -> int:
    return await db.fetch_value("SELECT count(*) FROM registration")


async def test_a_registration_is_taken_down_with_its_consent(
    owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=now, fields=FIELDS, consent_text=CONSENT)
    email = f"ann-{page.short_id}@example.com"
    answers = {
        "answer_diet": "Vegan",
        "answer_age": "41",
        "answer_photo": "on",
        "answer_arrival": "2027-01-02",
    }
    answer = await send(client, page.short_id, email, name=" Ann\tLee ", **answers)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/p/{page.short_id}/registered"
    row = await db.fetch_one("SELECT * FROM registration")
    assert row is not None
    assert (row["email"], row["name"], row["quantity"], row["state"]) == (
        email,
        "Ann Lee",
        1,
        "confirmed",
    )
    assert (row["consent_text"], row["consent_at"]) == (CONSENT, now)
    assert row["answers"] == '{"age": 41, "diet": "Vegan", "photo": true, "arrival": "2027-01-02"}'
    await run_jobs()
    [mail] = await inbox(email)
    assert mail["subject"] == "You are registered: By the river"
    assert "Uferweg 12" in mail["text"]
    assert "Vegan" in mail["text"]
    assert mail["attachments"] == ["event.ics"]
    thanks = await client.get(answer.headers["location"])
    assert "You are registered" in thanks.text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1000000"}, "quantity"),
        ({"quantity": "4"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "two"}, "quantity"),
        ({"quantity": "9" * 5000}, "quantity"),
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"phone": "12"}, "phone"),
        ({"consent": ""}, "consent"),
        ({"answer_diet": ""}, "answer_diet"),
        ({"answer_diet": "Meat"}, "answer_diet"),
        ({"answer_age": "15"}, "answer_age"),
        ({"answer_age": "nan"}, "answer_age"),
        ({"answer_note": "x" * 21}, "answer_note"),
        ({"answer_arrival": "2027-02-30"}, "answer_arrival"),
    ],
)  # fmt: skip
async def test_what_is_wrong_stands_beside_its_field(
    owner: Any, client: httpx.AsyncClient, now: Any, values: dict[str, str], field: str
) -> None:
    page = await make_event(
        owner.viewer, now=now, fields=FIELDS, maximum_quantity=3, ask_phone=True
    )
    form = {**typed(answer_diet="Vegan", altcha=await solved(client, page.short_id)), **values}
    answer = await client.post(f"/p/{page.short_id}/registrations", data=form)
    assert answer.status_code == 422
    assert f'id="r-{field}-error"' in answer.text
    assert await stored() == 0
    assert await db.fetch_value("SELECT count(*) FROM captcha_use") == 0


@pytest.mark.parametrize("takes_more", [True, False], ids=["corrected", "sold out meanwhile"])
async def test_with_scripts_a_refusal_takes_the_forms_place(
    owner: Any, client: httpx.AsyncClient, now: Any, takes_more: bool
) -> None:
    page = await make_event(owner.viewer, now=now, capacity=1, waitlist=False)
    form = typed(altcha=await solved(client, page.short_id))
    if takes_more:
        form["quantity"] = "7"
    else:
        await make_registration(page, now, "bob@example.com")
    url = f"/p/{page.short_id}/registrations"
    answer = await client.post(url, data=form, headers={"HX-Request": "true"})
    assert answer.status_code == (422 if takes_more else 409)
    assert answer.headers["hx-retarget"] == "#registration"
    assert "<html" not in answer.text
    assert answer.text.count('id="registration"') == 1
    assert ('value="ann@example.com"' in answer.text) == takes_more
    assert 'role="alert"' in answer.text
    page_answer = await client.post(url, data=form)
    assert page_answer.status_code == answer.status_code
    assert "<html" in page_answer.text, "without scripts it is a page, as ever"


async def test_without_consent_nothing_is_kept(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    form = typed(altcha=await solved(client, page.short_id))
    del form["consent"]
    answer = await client.post(f"/p/{page.short_id}/registrations", data=form)
    assert answer.status_code == 422
    assert "without your consent" in answer.text
    assert await stored() == 0


async def test_unknown_questions_and_null_bytes_are_refused(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now, fields=FIELDS)
    for values in ({"answer_unknown": "x"}, {"unknown": "x"}, {"answer_note": "\x00"}):
        answer = await send(client, page.short_id, answer_diet="Vegan", **values)
        assert answer.status_code == 422
    assert await stored() == 0


async def test_a_puzzle_is_solved_once(owner: Any, client: httpx.AsyncClient, now: Any) -> None:
    page = await make_event(owner.viewer, now=now)
    solution = await solved(client, page.short_id)
    first = typed("ann@example.com", altcha=solution)
    url = f"/p/{page.short_id}/registrations"
    assert (await client.post(url, data=first)).status_code == 303
    assert (await client.post(url, data=first)).status_code == 303, "the same form sent twice"
    again = await client.post(url, data=typed("bob@example.com", altcha=solution))
    assert again.status_code == 422
    assert "robot" in again.text
    assert await stored() == 1


async def test_a_puzzle_is_for_one_page_and_half_an_hour(
    owner: Any, client: httpx.AsyncClient, clock: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now())
    other = await make_event(owner.viewer, now=clock.now())
    elsewhere = await solved(client, other.short_id)
    own = await solved(client, page.short_id)
    clock.advance(timedelta(minutes=31))
    url = f"/p/{page.short_id}/registrations"
    for solution in (elsewhere, own, "nonsense", "e30=", own[:-8] + "AAAAAAA="):
        answer = await client.post(url, data=typed(altcha=solution))
        assert answer.status_code == 422
    assert await stored() == 0


async def test_a_page_that_takes_nothing_refuses(
    owner: Any, client: httpx.AsyncClient, clock: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now(), starts_in=timedelta(minutes=20))
    solution = await solved(client, page.short_id)
    clock.advance(timedelta(minutes=20))
    answer = await client.post(f"/p/{page.short_id}/registrations", data=typed(altcha=solution))
    assert answer.status_code == 409
    assert "Registration is closed" in answer.text
    assert await stored() == 0
    draft = await client.post("/p/unknown/registrations", data=typed())
    assert draft.status_code == 404


async def test_over_capacity_is_refused_whoever_asks(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now, capacity=3, waitlist=False, maximum_quantity=3)
    assert (await send(client, page.short_id, quantity="2")).status_code == 303
    new = await send(client, page.short_id, "bob@example.com", quantity="2")
    known = await send(client, page.short_id, quantity="2")
    assert new.status_code == known.status_code == 409
    said = [re.search(r"Only 1 left", answer.text) for answer in (new, known)]
    assert all(said)
    assert await stored() == 1
    assert (await levels([page.stock_id]))[page.stock_id].sold == 2  # type: ignore[list-item, index]


async def test_a_known_address_is_answered_like_a_new_one(
    owner: Any, client: httpx.AsyncClient, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now())
    email = f"ann-{page.short_id}@example.com"
    first = await send(client, page.short_id, email)
    clock.advance(timedelta(hours=1))
    second = await send(client, page.short_id, email.upper(), name="Somebody else")
    assert (first.status_code, first.headers["location"]) == (
        second.status_code,
        second.headers["location"],
    )
    assert await db.fetch_value("SELECT array_agg(name) FROM registration") == ["Ann"]
    await run_jobs()
    subjects = [mail["subject"] for mail in await inbox(email)]
    assert subjects == ["Your registration: By the river", "You are registered: By the river"]
    assert (await levels([page.stock_id]))[page.stock_id].sold == 1  # type: ignore[list-item, index]


async def test_without_scripts_a_mail_confirms(
    owner: Any, client: httpx.AsyncClient, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now())
    email = f"ann-{page.short_id}@example.com"
    answer = await client.post(f"/p/{page.short_id}/registrations", data=typed(email, attempt=""))
    assert answer.status_code == 303
    assert "One more step" in (await client.get(answer.headers["location"])).text
    assert await stored() == 0
    await run_jobs()
    [mail] = await inbox(email)
    [url] = [link for link in mail["links"] if "/registrations/confirm/" in link]
    assert "Confirm your registration" in (await client.get(url)).text
    assert await stored() == 0, "following a link is not yet a yes"
    assert (await client.post(url)).status_code == 303
    assert await stored() == 1
    assert (await client.post(url)).status_code == 410
    clock.advance(timedelta(days=2))
    assert (await client.get(url)).status_code == 410
    assert (await client.get(f"{url}x")).status_code == 403


async def test_a_countdown_takes_an_address_or_a_number(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_countdown(owner.viewer, now=now, by_sms=True)
    url = f"/p/{page.short_id}/registrations"

    async def sent(**values: str) -> int:
        form = {"consent": "on", "altcha": await solved(client, page.short_id), **values}
        return (await client.post(url, data=form)).status_code

    assert await sent(email="ann@example.com") == 303
    assert await sent(phone="0049 170/123-4567") == 303
    assert await sent(phone="+49 170 1234567") == 303
    assert await sent() == 422
    assert await sent(email="bob@example.com", quantity="2") == 422
    rows = await db.fetch("SELECT email, phone FROM registration ORDER BY email")
    assert [tuple(row) for row in rows] == [("", "+491701234567"), ("ann@example.com", "")]


async def test_a_form_from_another_site_is_refused(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    form = typed(altcha=await solved(client, page.short_id))
    url = f"/p/{page.short_id}/registrations"
    answer = await client.post(url, data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert await stored() == 0


async def test_a_flood_is_slowed_down(
    owner: Any, client: httpx.AsyncClient, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    page = await make_event(owner.viewer, now=now)
    url = f"/p/{page.short_id}/registrations"
    codes = [(await client.post(url, data=typed(attempt=""))).status_code for _ in range(8)]
    assert codes[0] == 303
    assert codes[-1] == 429
    assert await db.fetch_value("SELECT count(*) FROM pending_registration") <= 3


async def test_without_scripts_a_number_is_confirmed_by_a_text_message(
    owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_countdown(owner.viewer, now=now, by_email=False, by_sms=True)
    assert "as a text message" in (await client.get(f"/p/{page.short_id}")).text
    phone = f"+49{page.id.int % 10**10:010}"
    thanks = f"/p/{page.short_id}/registered?confirm=text"
    for _twice in range(2):
        answer = await client.post(
            f"/p/{page.short_id}/registrations", data={"phone": phone, "consent": "on"}
        )
        assert answer.headers["location"].endswith(thanks)
    assert "text message with a link" in (await client.get(thanks)).text
    await run_jobs()
    (sms,) = await inbox(phone)
    (link,) = [link for link in sms["links"] if "/registrations/confirm/" in link]
    assert await stored() == 0
    assert (await client.post(link)).status_code == 303
    assert tuple((await db.fetch("SELECT email, phone FROM registration"))[0]) == ("", phone)


async def test_text_messages_to_numbers_are_few(
    owner: Any, client: httpx.AsyncClient, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    page = await make_countdown(owner.viewer, now=now, by_email=False, by_sms=True)
    found: list[int] = []
    for number in range(5):
        form = {"phone": f"+4917012345{number:02}", "consent": "on"}
        found.append(
            (await client.post(f"/p/{page.short_id}/registrations", data=form)).status_code
        )
    assert found == [303, 303, 303, 429, 429]
