"""A field that only programs fill in: what they send is answered as if it were taken, and nothing is kept of it."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core import db
from tests.factories.registrations import solved, typed
from tests.factories.types import make_countdown, make_event

STYLES = Path(__file__).parents[2] / "static" / "css"
TABLES = ("registration", "pending_registration", "captcha_use", "message", '"user"')


async def kept() -> list[int]:
    counts = [await db.fetch_value(f"SELECT count(*) FROM {table}") for table in TABLES]
    return [*counts, await db.fetch_value("SELECT count(*) FROM pgqueuer")]


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_robots_registration_is_thanked_for_and_not_kept(
    owner: Any, client: httpx.AsyncClient, now: Any, scripts: bool
) -> None:
    page = await make_event(owner.viewer, now=now)
    url = f"/p/{page.short_id}/registrations"
    before = await kept()
    solution = await solved(client, page.short_id) if scripts else ""
    form = typed("robot@example.com", altcha=solution)
    robot = await client.post(url, data={**form, "homepage": "https://spam.example"})
    assert await kept() == before
    person = await client.post(url, data=form)
    assert (robot.status_code, robot.headers["location"]) == (303, person.headers["location"])
    assert await kept() != before


async def test_a_robot_that_leaves_a_number_is_thanked_too(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_countdown(owner.viewer, now=now, by_email=False, by_sms=True)
    form = {"phone": "+491701234567", "consent": "on", "homepage": "x"}
    answer = await client.post(f"/p/{page.short_id}/registrations", data=form)
    assert answer.headers["location"].endswith("/registered?confirm=text")
    assert await db.fetch_value("SELECT count(*) FROM pending_registration") == 0


async def test_what_is_wrong_is_said_before(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    form = {**typed("nobody"), "homepage": "x"}
    answer = await client.post(f"/p/{page.short_id}/registrations", data=form)
    assert answer.status_code == 422
    assert 'value="x"' not in answer.text


async def test_a_robots_account_is_answered_like_one_that_exists(
    owner: Any, client: httpx.AsyncClient
) -> None:
    form = {"name": "Robot", "email": "robot@example.com", "password": "correct horse 9"}
    before = await kept()
    robot = await client.post("/signup", data={**form, "homepage": "https://spam.example"})
    assert await kept() == before
    known = await client.post("/signup", data={**form, "email": "olivia@example.com"})
    assert robot.status_code == known.status_code == 200
    assert robot.text == known.text.replace("olivia@example.com", "robot@example.com")
    assert "set-cookie" not in robot.headers


async def test_people_neither_see_nor_reach_nor_hear_it(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    for path in (f"/p/{page.short_id}", "/signup"):
        html = (await client.get(path)).text
        found = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', html, re.DOTALL)
        assert found, path
        assert 'tabindex="-1"' in found.group()
        assert 'autocomplete="off"' in found.group()
        assert html.count('name="homepage"') == found.group().count('name="homepage"') == 1
    for style in ("page.css", "base.css"):
        rule = re.search(r"\.trap \{([^}]*)\}", (STYLES / style).read_text())
        assert rule
        assert "clip-path: inset(50%)" in rule.group(1)
