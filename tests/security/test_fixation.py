"""Session fixation: what was planted in a browser before a login is worth nothing after it."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from app.auth.cookies import (
    device_cookie,
    session_cookies,
    set_session_cookies_on,
    step_cookie,
)
from app.auth.sessions import start_session
from app.auth.tokens import Tokens
from app.core import db
from app.core.clock import ManualClock
from app.core.settings import get_settings
from app.orders.buyers import buyer_cookie
from tests.conftest import Member
from tests.factories.orders import form, make_sale
from tests.factories.two_factor import make_two_factor

OLIVIA = {"email": "olivia@example.com", "password": "correct horse 1", "next": ""}
ACCOUNT = "/console/account"


@pytest.fixture
async def planted(client: httpx.AsyncClient, outsider: Member, now: datetime) -> Tokens:
    """Mallory's session, put by Mallory into the browser that `client` is."""
    tokens = await start_session(outsider.viewer.user_id, now)
    set_session_cookies_on(client.cookies, tokens)
    return tokens


async def _whose(client: httpx.AsyncClient) -> str:
    """Return the address that the account page names, "" when it asks to log in."""
    answer = await client.get(ACCOUNT)
    known = ("olivia@example.com", "mallory@example.com", "new@example.com")
    return next((each for each in known if each in answer.text), "")


async def _as_planted(client: httpx.AsyncClient, planted: Tokens) -> str:
    """Return who Mallory is with what she planted."""
    before = dict(client.cookies)
    client.cookies.clear()
    set_session_cookies_on(client.cookies, planted)
    found = await _whose(client)
    client.cookies.clear()
    for name, value in before.items():
        client.cookies.set(name, value, domain=client.base_url.host, path="/")
    return found


async def test_a_login_starts_a_session_of_its_own(
    client: httpx.AsyncClient, owner: Member, planted: Tokens
) -> None:
    assert await _whose(client) == "mallory@example.com"
    assert (await client.post("/login", data=OLIVIA)).status_code == 303
    assert client.cookies["access"] != planted.access
    assert client.cookies["refresh"] != planted.refresh
    assert await _whose(client) == "olivia@example.com"
    # What was planted leads to nobody's account any more, least of all to Olivia's.
    assert await _as_planted(client, planted) == ""
    row = await db.fetch_one(
        "SELECT user_id, ended_cause FROM session WHERE id = $1", planted.session_id
    )
    assert row is not None
    assert row["ended_cause"] == "replaced"


async def test_so_do_the_second_step_and_a_sign_up(
    client: httpx.AsyncClient, owner: Member, planted: Tokens, clock: ManualClock
) -> None:
    phone = await make_two_factor(owner.viewer, OLIVIA["password"], clock.now())
    clock.advance(timedelta(minutes=1))
    assert (await client.post("/login", data=OLIVIA)).headers["location"] == "/login/code"
    # Half a login is none: neither its cookie nor what was planted opens Olivia's account.
    assert await _whose(client) == "mallory@example.com"
    step = client.cookies["step"]
    for name in ("access", "refresh"):
        bare = {"Cookie": f"{name}={step}"}
        assert (await client.get(ACCOUNT, headers=bare)).headers["location"].startswith("/login")
    set_session_cookies_on(client.cookies, planted)
    code = {"code": phone.code(clock.now())}
    assert (await client.post("/login/code", data=code)).status_code == 303
    assert "step" not in client.cookies
    assert await _whose(client) == "olivia@example.com"
    assert await _as_planted(client, planted) == ""

    before = client.cookies["refresh"]
    new = {"email": "new@example.com", "password": "a fine long phrase", "name": "New", "next": ""}
    assert (await client.post("/signup", data=new)).status_code == 303
    assert client.cookies["refresh"] != before
    assert await _whose(client) == "new@example.com"


@pytest.mark.parametrize("place", ["cookie", "query", "form", "header"])
async def test_a_browser_can_not_say_which_session_it_wants(
    client: httpx.AsyncClient, owner: Member, now: datetime, place: str
) -> None:
    """An id that somebody made up is not taken over, wherever it is sent."""
    wanted = "0197f000-0000-7000-8000-00000000beef"
    headers = {"Cookie": f"access={wanted}; refresh={wanted}"} if place == "cookie" else {}
    headers |= {"Authorization": f"Bearer {wanted}"} if place == "header" else {}
    query = f"?session={wanted}&sid={wanted}" if place == "query" else ""
    sent: dict[str, Any] = {**OLIVIA, **({"session": wanted} if place == "form" else {})}
    answer = await client.post(f"/login{query}", data=sent, headers=headers)
    assert answer.status_code == (422 if place == "form" else 303)
    ids = [str(row["id"]) for row in await db.fetch("SELECT id FROM session")]
    assert wanted not in ids


@pytest.mark.parametrize("base", ["https://mayfly.example", "http://127.0.0.1:8000"])
async def test_no_other_host_can_plant_a_cookie_of_ours(
    owner: Member, now: datetime, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    """Browsers take a `__Host-` cookie from the host itself alone, over https, for all of it."""
    monkeypatch.setattr(get_settings(), "base_url", base)
    tokens = await start_session(owner.viewer.user_id, now)
    minute = timedelta(minutes=1)
    cookies = [
        *session_cookies(tokens),
        device_cookie("x"),
        step_cookie("x", minute),
        buyer_cookie("0" * 32),
    ]
    for cookie in cookies:
        header = cookie.to_header(header="")
        assert "HttpOnly" in header
        assert "SameSite=lax" in header
        assert "Domain" not in header
        if get_settings().secure:
            assert header.startswith("__Host-"), header
            assert "Secure" in header
            assert "Path=/;" in header


async def test_a_login_by_somebody_else_s_page_is_refused(
    client: httpx.AsyncClient, outsider: Member
) -> None:
    """Nor can another site log somebody in as Mallory."""
    mallory = {"email": "mallory@example.com", "password": "correct horse 2", "next": ""}
    for forged in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await client.post("/login", data=mallory, headers=forged)).status_code == 403
    assert not client.cookies


async def test_over_https_a_buyer_has_the_hold_and_who_plants_a_key_has_not(
    app: Any, owner: Member, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "base_url", "https://mayfly.example")
    sale = await make_sale(owner.viewer, now)
    page = f"/p/{sale.short_id}"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="https://mayfly.example",
        headers={"Sec-Fetch-Site": "same-origin"},
    ) as browser:
        answer = await browser.post(f"{page}/checkout", data=form(sale, 1))
        assert answer.status_code == 303
        assert 'id="hold"' in (await browser.get(page)).text
        key = browser.cookies["__Host-buyer"]
        browser.cookies.clear()
        planted = await browser.get(page, headers={"Cookie": f"buyer={key}"})
    assert planted.status_code == 200
    assert 'id="hold"' not in planted.text
