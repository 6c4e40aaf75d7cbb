"""Secrets change without anybody noticing: sessions, links, sealed secrets, puzzles, holds; and then the old key can go."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from pyotp.totp import TOTP

from app.auth import two_factor
from app.auth.guessing import Pace, count_of
from app.auth.two_factor import PURPOSE
from app.core import db
from app.core.clock import ManualClock
from app.core.sealing import unseal
from app.core.settings import get_settings
from app.orders.buyers import customer_id
from tests.factories.registrations import solved, typed
from tests.factories.two_factor import make_two_factor
from tests.factories.types import make_event
from tests.fuzz.attacking import Attack
from tests.fuzz.discovery import Route

NEW, NEWER = "n" * 40, "m" * 40
LATER = timedelta(minutes=20)  # longer than an access token lives
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Keys = Callable[..., None]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    """Set the keys, as a restart with other settings would."""

    def use(*secret_keys: str, customer: str = "") -> None:
        monkeypatch.setattr(get_settings(), "secret_keys", list(secret_keys))
        monkeypatch.setattr(get_settings(), "customer_key", customer)

    return use


def _signed(attack: Attack) -> list[Route]:
    return [route for route in attack.routes if "token" in route.parameters]


async def _statuses(attack: Attack) -> dict[str, int]:
    """What the link of each kind leads to."""
    found: dict[str, int] = {}
    for route in _signed(attack):
        url = route.path(next(attack.world.addresses(route)))
        answer = await attack.send(route.method, url, content=b"", headers=FORM)
        found[str(route)] = answer.status_code
    return found


async def test_links_of_every_kind_outlive_a_new_key(attack: Attack, keys: Keys) -> None:
    old = get_settings().secret_keys
    before = await _statuses(attack)
    assert len(before) > 15
    assert not {400, 403, 404} & set(before.values()), before
    keys(NEW, *old)
    assert await _statuses(attack) == before
    # The control: without the key that signed them they are nothing.
    keys(NEW)
    assert set((await _statuses(attack)).values()) <= {303, 403, 404}


async def test_nobody_is_logged_out_and_no_code_is_lost(
    attack: Attack, keys: Keys, clock: ManualClock
) -> None:
    [old] = get_settings().secret_keys
    owner, user_id = attack.owner, attack.world.viewer.user_id
    sealed = await db.fetch_value("SELECT secret FROM two_factor")
    app = TOTP(unseal(PURPOSE, sealed) or "")
    keys(NEW, old)
    assert (await owner.get("/console/account")).status_code == 200
    clock.advance(LATER)
    # The next token is signed by the new key, and the secret is sealed by it in the night.
    assert (await owner.get("/console/account")).status_code == 200
    assert await two_factor.seal_anew() == 1
    keys(NEW, customer=old)
    assert (await owner.get("/console/account")).status_code == 200
    clock.advance(LATER)
    assert (await owner.get("/console/account")).status_code == 200
    now = clock.now()
    assert await two_factor.take_code(user_id, app.at(now), now) == two_factor.APP


async def test_buyers_keep_their_hold_and_their_orders(attack: Attack, keys: Keys) -> None:
    [old] = get_settings().secret_keys
    page = f"/p/{attack.world.values['short_id']}"
    email = await db.fetch_value("SELECT email FROM \"order\" WHERE state = 'completed'")
    known = await db.fetch_value('SELECT customer_id FROM "order" WHERE email = $1 LIMIT 1', email)
    counted = count_of(Pace(1, 1, 1, LATER), "login", "somebody").key
    for change in ((NEW, old), (NEWER, NEW, old)):
        keys(*change)
        assert 'id="hold"' in (await attack.visitor.get(page)).text
        assert customer_id(email) == known
        # Who waits after wrong guesses goes on waiting.
        assert count_of(Pace(1, 1, 1, LATER), "login", "somebody").key == counted
    # Before the last of them goes, it is named for what hangs on it.
    keys(NEWER, customer=old)
    assert customer_id(email) == known
    assert 'id="hold"' in (await attack.visitor.get(page)).text
    keys(NEWER)
    assert customer_id(email) != known


async def test_a_puzzle_that_was_fetched_before_is_taken_after(
    owner: Any, client: httpx.AsyncClient, now: Any, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.registrations.captcha.ITERATIONS", 1)
    [old] = get_settings().secret_keys
    page = await make_event(owner.viewer, now=now)
    url = f"/p/{page.short_id}/registrations"
    first, second = await solved(client, page.short_id), await solved(client, page.short_id)
    keys(NEW, old)
    answer = await client.post(url, data=typed("ann@example.com", altcha=first))
    assert answer.status_code == 303
    keys(NEW)
    answer = await client.post(url, data=typed("ben@example.com", altcha=second))
    assert answer.status_code == 422


async def test_a_key_that_leaked_can_go_at_once(owner: Any, now: datetime, keys: Keys) -> None:
    """By a command: nobody waits for the night until the new key has sealed everything."""
    phone = await make_two_factor(owner.viewer, "correct horse 1", now)
    [old] = get_settings().secret_keys
    said = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "reseal"),
        env={**os.environ, "MAYFLY_SECRET_KEYS": f"{NEW},{old}"},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _err = await said.communicate()
    assert said.returncode == 0
    assert b"1 sealed anew" in out
    keys(NEW)
    later = now + timedelta(minutes=1)
    assert await two_factor.take_code(owner.viewer.user_id, phone.code(later), later)
