"""Logging in and out, and where one lands."""

import httpx
import pytest

from app.core import db
from tests.conftest import Member

OLIVIA = {"email": "OLIVIA@example.com", "password": "correct horse 1", "next": ""}


async def test_login_takes_the_address_in_any_case(
    client: httpx.AsyncClient, owner: Member
) -> None:
    response = await client.post("/login", data=OLIVIA)
    assert response.status_code == 303
    assert response.headers["location"] == "/console"
    assert (await client.get("/console/account")).status_code == 200


async def test_wrong_password_and_unknown_address_look_the_same(
    client: httpx.AsyncClient, owner: Member
) -> None:
    wrong = await client.post("/login", data={**OLIVIA, "password": "not my password"})
    unknown = await client.post("/login", data={**OLIVIA, "email": "nobody@example.com"})
    assert wrong.status_code == unknown.status_code == 422
    assert "The address or the password is wrong." in wrong.text
    assert "The address or the password is wrong." in unknown.text
    assert 'value="OLIVIA@example.com"' in wrong.text
    assert "not my password" not in wrong.text
    assert (
        await db.fetch_value("SELECT count(*) FROM security_log WHERE kind = 'login-failed'") == 1
    )


async def test_without_a_session_the_console_leads_to_the_login_and_back(
    client: httpx.AsyncClient, owner: Member
) -> None:
    response = await client.get("/console/account?tab=1")
    assert response.status_code == 303
    assert response.headers["location"] == "/login?next=/console/account%3Ftab%3D1"
    form = await client.get(response.headers["location"])
    assert 'value="/console/account?tab=1"' in form.text
    back = await client.post("/login", data={**OLIVIA, "next": "/console/account?tab=1"})
    assert back.headers["location"] == "/console/account?tab=1"


async def test_htmx_is_sent_to_the_login_as_a_whole_page(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/console/account/profile",
        data={"name": "x"},
        headers={"HX-Request": "true", "HX-Current-URL": "http://anywhere/console/account"},
    )
    assert response.status_code == 200
    assert response.headers["hx-redirect"] == "/login?next=/console/account"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/logout", "console", "/%0d%0a\r\nSet-Cookie: a=b",
        "/" + "a" * 3000,
    ],
)  # fmt: skip
async def test_login_never_leads_elsewhere(
    client: httpx.AsyncClient, owner: Member, target: str
) -> None:
    response = await client.post("/login", data={**OLIVIA, "next": target})
    assert response.status_code == 303
    assert response.headers["location"] == "/console"


async def test_logout_ends_the_session_itself(owner: Member) -> None:
    copies = dict(owner.cookies)
    response = await owner.post("/logout")
    assert response.status_code == 303
    assert response.headers["location"] == "/login"
    assert "access" not in owner.cookies
    owner.cookies.clear()
    for name, value in copies.items():
        owner.cookies.set(name, value)
    assert (await owner.get("/console/account")).status_code == 303
    assert await db.fetch_value("SELECT ended_cause FROM session") == "logout"


async def test_logging_in_again_replaces_this_browsers_session(owner: Member) -> None:
    assert (await owner.post("/login", data=OLIVIA)).status_code == 303
    causes = await db.fetch("SELECT ended_cause FROM session ORDER BY created_at, id")
    assert [row["ended_cause"] for row in causes] == ["replaced", None]


async def test_logins_are_limited_by_address(client: httpx.AsyncClient) -> None:
    for number in range(30):
        await client.post("/login", data={"email": f"a{number}@example.com", "password": ""})
    assert (await client.post("/login", data=OLIVIA)).status_code == 429


async def test_no_form_at_all_is_a_bad_request(client: httpx.AsyncClient) -> None:
    for path in ("/login", "/signup", "/forgot"):
        response = await client.post(path, json={"email": "x"})
        assert response.status_code == 400
        nul = await client.post(path, data={"email": "a\x00b@example.com"})
        assert nul.status_code == 422
