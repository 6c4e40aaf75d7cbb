"""Signing up: one form, one account, logged in."""

import asyncio

import httpx

from app.core import db
from tests.conftest import Inbox
from tests.support.aliases import RunJobs

GOOD = {"name": "Nora", "email": "Nora@example.com", "password": "eleven pages", "next": ""}


async def test_a_new_account_is_logged_in_with_an_organization_and_a_group(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/signup", data=GOOD)
    assert response.status_code == 303
    assert response.headers["location"] == "/console"
    account = await client.get("/console/account")
    assert account.status_code == 200
    assert "Nora@example.com" in account.text
    row = await db.fetch_one(
        'SELECT u.name, o.name AS organization, g.organization_id = o.id AS fits FROM "user" u '
        'JOIN organization o ON o.id = u.organization_id JOIN "group" g ON g.id = u.group_id'
    )
    assert row is not None
    assert row["name"] == "Nora"
    assert row["organization"]
    assert row["fits"]


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/signup", data=GOOD)
    for cookie in response.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie


async def test_the_welcome_mail_arrives_and_confirms_the_address(
    client: httpx.AsyncClient, run_jobs: RunJobs, inbox: Inbox
) -> None:
    await client.post("/signup", data={**GOOD, "email": "welcome-1@example.com"})
    await run_jobs()
    [mail] = await inbox("welcome-1@example.com")
    assert mail["subject"] == "Welcome to Mayfly"
    assert "Nora" not in mail["text"], "nobody has shown that the address is theirs"
    assert "Nora" not in mail["html"]
    [link] = [link for link in mail["links"] if "/verify/" in link]
    path = httpx.URL(link).path
    assert "welcome-1@example.com" in (await client.get(path)).text
    unverified = await client.get("/console/account")
    assert "not confirmed" in unverified.text
    assert (await client.post(path)).status_code == 303
    assert "Address confirmed" in (await client.get("/console/account")).text
    assert (await client.post(path)).status_code == 303


async def test_a_changed_verification_link_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/verify/nonsense")).status_code == 403
    assert (await client.post("/verify/nonsense")).status_code == 403


async def test_errors_stand_beside_the_fields_and_what_was_typed_stays(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post(
        "/signup", data={"name": "Nora <b>", "email": "nora@", "password": "short", "next": "/x"}
    )
    assert response.status_code == 422
    assert "Nora &lt;b&gt;" in response.text
    assert 'value="nora@"' in response.text
    assert "At least 10 characters" in response.text
    assert 'id="f-email-error"' in response.text
    assert 'value="short"' not in response.text
    assert 'value="/x"' in response.text


async def test_easy_passwords_and_advertising_names_are_refused(client: httpx.AsyncClient) -> None:
    for password in ("password123", "1234567890", "aaaaaaaaaaaa", "nora@example.com"):
        response = await client.post("/signup", data={**GOOD, "password": password})
        assert response.status_code == 422, password
    advertising = await client.post("/signup", data={**GOOD, "name": "Win at www.spam.example"})
    assert advertising.status_code == 422
    unknown = await client.post("/signup", data={**GOOD, "role": "admin"})
    assert unknown.status_code == 422
    assert await db.fetch_value('SELECT count(*) FROM "user"') == 0
    assert await db.fetch_value("SELECT count(*) FROM organization") == 0


async def test_the_form_sent_twice_makes_one_account_and_logs_in(client: httpx.AsyncClient) -> None:
    first, second = await asyncio.gather(
        client.post("/signup", data=GOOD), client.post("/signup", data=GOOD)
    )
    assert (first.status_code, second.status_code) == (303, 303)
    assert await db.fetch_value('SELECT count(*) FROM "user"') == 1
    assert await db.fetch_value("SELECT count(*) FROM organization") == 1


async def test_a_taken_address_shows_no_error_and_tells_its_owner(
    client: httpx.AsyncClient, run_jobs: RunJobs, inbox: Inbox
) -> None:
    address = "taken-1@example.com"
    await client.post("/signup", data={**GOOD, "email": address})
    client.cookies.clear()
    for _ in range(2):
        response = await client.post(
            "/signup", data={**GOOD, "email": address.upper(), "password": "somebody else 9"}
        )
        assert response.status_code == 200
        assert "Check your mail" in response.text
        assert "already" not in response.text
        assert not response.headers.get_list("set-cookie")
    await run_jobs()
    subjects = sorted(mail["subject"] for mail in await inbox(address))
    assert subjects == ["Welcome to Mayfly", "You already have a Mayfly account"]


async def test_sign_ups_are_limited_by_address(client: httpx.AsyncClient) -> None:
    for _ in range(20):
        await client.post("/signup", data={"name": ""})
    response = await client.post("/signup", data=GOOD)
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0
    assert "Nora" in response.text


async def test_a_form_from_another_site_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/signup", data=GOOD, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert await db.fetch_value('SELECT count(*) FROM "user"') == 0


async def test_a_viewer_who_is_logged_in_goes_straight_to_the_console(
    owner: httpx.AsyncClient,
) -> None:
    for path in ("/signup", "/login"):
        response = await owner.get(path)
        assert response.status_code == 303
        assert response.headers["location"] == "/console"
