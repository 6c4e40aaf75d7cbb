"""One address, however it is written: kept in one form, found by each, mailed to in ASCII; what can't be mailed is refused."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from app import main  # which imports every form of the house
from app.auth.accounts import account_of
from app.auth.forms import LogInForm
from app.core import db
from app.core.address_rows import make_canonical
from app.core.forms import FormModel, validate
from app.core.ids import new_id
from app.notifications.unsubscribing import canonical
from app.orders.buyers import customer_id

UNICODE, ASCII = "kurt@bücher.example", "kurt@xn--bcher-kva.example"
PASSWORD = "correct horse 1"


def _forms(base: type[FormModel] = FormModel) -> Iterator[type[FormModel]]:
    for form in base.__subclasses__():
        if "email" in form.model_fields and form.__module__.startswith("app."):
            yield form
        yield from _forms(form)


FORMS = sorted(set(_forms()), key=lambda form: form.__qualname__)


def test_there_are_forms_with_addresses() -> None:
    assert main
    assert {
        "SignUpForm", "LogInForm", "ForgotForm", "InviteForm", "CheckoutForm", "RegistrationForm", "RecoverForm",
    } <= {form.__name__ for form in FORMS}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_keeps_one_form_of_an_address(form: type[FormModel]) -> None:
    for typed in (UNICODE, ASCII, "kurt@BÜCHER.example", f" {ASCII} "):
        model: Any = type("Only", (form,), {"__module__": "tests"})
        found = model.__pydantic_validator__.validate_assignment(
            model.model_construct(), "email", typed
        )
        assert found.email == UNICODE
    if form is not LogInForm:
        assert "before the @" in (
            validate(form, {"email": "jürgen@example.com"}).error("email") or ""
        )


async def test_somebody_signs_up_in_one_form_and_logs_in_by_the_other(
    client: httpx.AsyncClient, run_jobs: Any, inbox: Any
) -> None:
    sent = {"name": "Kurt", "email": UNICODE, "password": PASSWORD}
    answer = await client.post("/signup", data=sent)
    assert answer.status_code in (200, 303)
    assert await db.fetch_value('SELECT email FROM "user"') == UNICODE
    await run_jobs()
    assert len(await inbox(ASCII)) == 1
    assert not await inbox(UNICODE)
    client.cookies.clear()
    for typed in (ASCII, "KURT@BÜCHER.example"):
        answer = await client.post(
            "/login", data={"email": typed, "password": PASSWORD, "next": ""}
        )
        assert answer.status_code == 303
    again = await client.post(
        "/signup", data={**sent, "email": ASCII, "password": "another 1234 x"}
    )
    assert again.status_code == 200
    assert await db.fetch_value('SELECT count(*) FROM "user"') == 1


async def test_an_address_that_cannot_be_mailed_is_refused_beside_its_field(
    client: httpx.AsyncClient,
) -> None:
    sent = {"name": "Jürgen", "email": "jürgen@example.com", "password": PASSWORD}
    answer = await client.post("/signup", data=sent)
    assert answer.status_code == 422
    assert "“ü” before the @" in answer.text
    assert 'value="jürgen@example.com"' in answer.text
    assert await db.fetch_value('SELECT count(*) FROM "user"') == 0


async def test_every_look_up_finds_either_form(app: Any, owner: Any) -> None:
    await db.execute('UPDATE "user" SET email = $1', UNICODE)
    for typed in (UNICODE, ASCII, "KURT@xn--bcher-kva.example"):
        account = await account_of(typed)
        assert account is not None
        assert account.email == UNICODE
        assert canonical(typed) == UNICODE
        assert customer_id(typed) == customer_id(UNICODE)


async def test_stored_addresses_become_canonical_where_none_is_in_the_way(
    app: Any, now: datetime
) -> None:
    await db.execute("DELETE FROM unsubscription")
    first, second = new_id(), new_id()
    rows = [
        (ASCII, first), (UNICODE, first), (ASCII, second), ("jürgen@example.com", second), ("ann@example.com", second),
    ]  # fmt: skip
    for address, list_id in rows:
        await db.execute(
            "INSERT INTO unsubscription (id, recipient, list_id, created_at) VALUES ($1, $2, $3, $4)",
            *(new_id(), address, list_id, now),
        )
    async with db.transaction():
        await make_canonical("unsubscription", "recipient")
    found = await db.fetch("SELECT recipient, list_id FROM unsubscription")
    assert {(row["recipient"], row["list_id"]) for row in found} == {
        (ASCII, first), (UNICODE, first), (UNICODE, second), ("jürgen@example.com", second), ("ann@example.com", second),
    }  # fmt: skip
