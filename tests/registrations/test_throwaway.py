"""A page may refuse addresses that nobody keeps, and so may an installation for accounts; by default none does."""

import json
from typing import Any

import httpx
import pytest

from app.core import db
from app.core.settings import get_settings
from app.core.throwaway import is_throwaway
from app.pages import loading
from app.pages.editing import form_of
from tests.factories.registrations import send, typed
from tests.factories.types import make_countdown, make_draft_of, make_event

THROWN = "ann@mailinator.com"


@pytest.mark.parametrize(
    ("email", "thrown"),
    [
        (THROWN, True),
        ("Ann@MAILINATOR.com", True),
        ("ann@of.mailinator.com", True),
        ("ann@mailinator.com.", True),
        ("ann@xmailinator.example", False),
        ("ann@mailinator.com.example", False),
        ("ann@example.com", False),
        ("ann@gmail.com", False),
        ("ann@bücher.example", False),
        ("ann@com", False),
        ("ann@" + "x" * 300, False),
    ],
)
def test_who_forgets_mailboxes(email: str, thrown: bool) -> None:
    assert is_throwaway(email) is thrown


async def test_by_default_any_address_will_do(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    assert (await send(client, page.short_id, THROWN)).status_code == 303


async def test_a_page_that_refuses_them_says_so_beside_the_field(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    event = await make_event(owner.viewer, now=now, refuse_throwaway=True)
    countdown = await make_countdown(owner.viewer, now=now, refuse_throwaway=True)
    url = f"/p/{countdown.short_id}/registrations"
    answers = [
        await send(client, event.short_id, THROWN),
        await client.post(
            f"/p/{event.short_id}/registrations", data=typed(THROWN.upper(), attempt="")
        ),
        await client.post(url, data={"email": THROWN, "consent": "on"}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert 'id="r-email-error"' in answer.text
        assert "Please use an address that you keep" in answer.text
        assert "mailinator" in answer.text.lower(), "what was typed stays"
    for table in ("registration", "pending_registration"):
        assert await db.fetch_value(f"SELECT count(*) FROM {table}") == 0
    assert (await send(client, event.short_id)).status_code == 303


@pytest.mark.parametrize("refused", [False, True])
async def test_an_installation_may_refuse_them_for_accounts(
    owner: Any, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """For a new one, and for another address of one that there is."""
    monkeypatch.setattr(get_settings(), "refuse_throwaway_accounts", refused)
    form = {"name": "Ann", "email": THROWN, "password": "eleven pages"}
    change = {"email": f"2-{THROWN}", "current": "correct horse 1"}
    answers = [
        await client.post("/signup", data=form),
        await owner.post("/console/account/address", data=change),
    ]
    assert [answer.status_code for answer in answers] == [422 if refused else 303] * 2
    assert [("an address that you keep" in answer.text) for answer in answers] == [refused] * 2
    accounts = await db.fetch_value('SELECT count(*) FROM "user" WHERE email = $1', THROWN)
    asked = await db.fetch_value("SELECT count(*) FROM email_change")
    assert (accounts, asked) == ((0, 0) if refused else (1, 1))


@pytest.mark.parametrize("type_name", ["countdown", "event-registration"])
async def test_the_editor_has_the_switch_and_stores_it_only_while_it_is_on(
    owner: Any, now: Any, type_name: str
) -> None:
    """A version that does not know it would refuse a page that has it."""
    draft = await make_draft_of(owner.viewer, type_name, now=now)
    path = f"/console/pages/{draft.id}/edit"
    assert "Refuse throw-away addresses" in (await owner.get(path)).text

    async def saved(**changes: str) -> dict[str, Any]:
        values = {**form_of(await loading.by_id(draft.id)).values, **changes}
        sent = {name: value for name, value in values.items() if value != ""}
        answer = await owner.post(path, data=sent)
        assert answer.status_code in (200, 303), answer.text
        stored = await db.fetch_value("SELECT settings FROM page WHERE id = $1", draft.id)
        return json.loads(stored)

    assert "refuse_throwaway" not in await saved()
    assert (await saved(refuse_throwaway="on"))["refuse_throwaway"] is True
    assert "checked" in (await owner.get(path)).text.partition('name="refuse_throwaway"')[2][:200]
    assert "refuse_throwaway" not in await saved(refuse_throwaway="")
