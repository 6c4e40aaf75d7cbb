"""Whoever guesses waits longer each time; the owner of the account does not."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from app.auth import guessing, limiting
from app.auth.guessing import Pace, count_of, count_try, forget_guesses, forgive
from app.core import db
from app.core.clock import ManualClock
from app.core.errors import TooManyRequests
from app.core.settings import get_settings
from tests.conftest import Inbox, Member
from tests.support.aliases import RunJobs

OLIVIA = {"email": "olivia@example.com", "password": "correct horse 1", "next": ""}
GUESS = {**OLIVIA, "password": "a guess it is"}
ATTACKER, NEIGHBOUR, ELSEWHERE = "198.51.100.7", "198.51.100.200", "203.0.113.9"
PACE = Pace(free=3, first=2, longest=10, memory=timedelta(hours=1))

Browser = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def browser(app: Any, owner: Member) -> AsyncGenerator[Browser, None]:
    """A fresh browser at an IP address."""
    opened: list[httpx.AsyncClient] = []

    def at(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=(address, 40000))
        base = str(owner.base_url)
        opened.append(
            httpx.AsyncClient(transport=transport, base_url=base, headers={"Origin": base})
        )
        return opened[-1]

    yield at
    for client in opened:
        await client.aclose()


async def waits(now: datetime, tries: int) -> list[int]:
    """Try as soon as one may, `tries` times; return the seconds that each of them had to wait for."""
    found: list[int] = []
    for _ in range(tries):
        waited = 0
        while True:
            try:
                await count_try([count_of(PACE, "here")], now)
            except TooManyRequests as error:
                waited += error.retry_after
                now += timedelta(seconds=error.retry_after)
                continue
            found.append(waited)
            break
    return found


async def test_the_wait_doubles_up_to_its_bound_and_is_forgotten(app: Any, now: datetime) -> None:
    assert await waits(now, 7) == [0, 0, 0, 2, 4, 8, 10]
    later = now + timedelta(hours=2)
    assert await waits(later, 3) == [0, 0, 0]


async def test_tries_sent_all_at_once_are_all_counted(app: Any, now: datetime) -> None:
    async def try_once() -> bool:
        try:
            await count_try([count_of(PACE, "a"), count_of(PACE, "b")], now)
        except TooManyRequests:
            return False
        return True

    passed = await asyncio.gather(*(try_once() for _ in range(12)))
    assert sum(passed) == PACE.free


async def test_a_refused_try_is_counted_nowhere(app: Any, now: datetime) -> None:
    """Nor one that only one of several counts refuses: each try is counted in all of them or in none."""
    for _ in range(PACE.free):
        await count_try([count_of(PACE, "full")], now)
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            await count_try([count_of(PACE, "full"), count_of(PACE, "empty")], now)
    assert await count_try([count_of(PACE, "empty")], now) == 1


async def test_being_right_is_forgiven_but_a_neighbours_tries_stay(app: Any, now: datetime) -> None:
    own, shared = count_of(PACE, "own"), count_of(PACE, "network", shared=True)
    for _ in range(2):
        await count_try([own, shared], now)
    await forgive([own, shared])
    assert await count_try([own], now) == 1
    assert await count_try([shared], now) == 2
    await forget_guesses(now + timedelta(days=2))
    assert await db.fetch_value("SELECT count(*) FROM guess") == 0


async def test_nothing_of_who_and_where_is_stored(browser: Browser, owner: Member) -> None:
    await browser(ATTACKER).post("/login", data=GUESS)
    stored = str(await db.fetch("SELECT key FROM guess"))
    assert str(owner.viewer.user_id) not in stored
    assert "198.51" not in stored


async def guess_until_refused(client: httpx.AsyncClient, **data: str) -> httpx.Response:
    for _ in range(limiting.FROM_NETWORK.free):
        assert (await client.post("/login", data={**GUESS, **data})).status_code == 422
    refused = await client.post("/login", data={**GUESS, **data})
    assert refused.status_code == 429
    return refused


async def test_a_guesser_waits_and_the_owner_gets_in(browser: Browser, owner: Member) -> None:
    """From a browser that logged in before, even beside the guesser; and from any other network on a new one."""
    known = browser(ATTACKER)
    assert (await known.post("/login", data=OLIVIA)).status_code == 303
    known.cookies.delete("access")
    known.cookies.delete("refresh")
    refused = await guess_until_refused(browser(ATTACKER))
    assert refused.headers["retry-after"] == "2"
    assert "Please wait 2 seconds" in refused.text
    assert 'value="olivia@example.com"' in refused.text
    # The right password does not help the guesser either: what is refused is not looked at.
    assert (await browser(NEIGHBOUR).post("/login", data=OLIVIA)).status_code == 429
    assert (await known.post("/login", data=OLIVIA)).status_code == 303
    assert (await browser(ELSEWHERE).post("/login", data=OLIVIA)).status_code == 303


async def test_many_networks_together_do_not_lock_her_out_but_she_is_told(
    browser: Browser, run_jobs: RunJobs, inbox: Inbox
) -> None:
    for number in range(24):
        client = browser(f"192.0.{number}.1")
        assert (await client.post("/login", data=GUESS)).status_code == 422
    assert (await browser(ELSEWHERE).post("/login", data=OLIVIA)).status_code == 303
    await run_jobs()
    subjects = [mail["subject"] for mail in await inbox("olivia@example.com")]
    assert subjects.count("Somebody tries to log in to your account") == 1


async def test_a_network_that_tries_many_accounts_waits_too(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "NETWORK", Pace(6, 2, 60, timedelta(hours=1)))
    client = browser(ATTACKER)
    for number in range(6):
        sent = {**GUESS, "email": f"person{number}@example.com"}
        assert (await client.post("/login", data=sent)).status_code == 422
    assert (await browser(NEIGHBOUR).post("/login", data=OLIVIA)).status_code == 429
    assert (await browser(ELSEWHERE).post("/login", data=OLIVIA)).status_code == 303


async def test_an_unknown_address_waits_like_a_known_one(browser: Browser) -> None:
    refused = await guess_until_refused(browser(ATTACKER), email="nobody@example.com")
    known = await guess_until_refused(browser(ELSEWHERE))
    assert refused.text.replace("nobody@", "olivia@") == known.text


async def test_after_the_wait_the_right_password_ends_it(
    browser: Browser, clock: ManualClock
) -> None:
    client = browser(ATTACKER)
    await guess_until_refused(client)
    clock.advance(timedelta(seconds=2))
    assert (await client.post("/login", data=OLIVIA)).status_code == 303
    assert (await browser(NEIGHBOUR).post("/login", data=GUESS)).status_code == 422


async def test_a_known_browser_waits_for_its_own_guesses(browser: Browser) -> None:
    client = browser(ATTACKER)
    await client.post("/login", data=OLIVIA)
    for _ in range(limiting.FROM_DEVICE.free):
        assert (await client.post("/login", data=GUESS)).status_code == 422
    assert (await client.post("/login", data=GUESS)).status_code == 429
    assert (await browser(ATTACKER).post("/login", data=OLIVIA)).status_code == 303


async def test_one_browser_is_known_to_several_people(browser: Browser, outsider: Member) -> None:
    shared = browser(ATTACKER)
    mallory = {"email": "mallory@example.com", "password": "correct horse 2"}
    for person in (OLIVIA, mallory):
        assert (await shared.post("/login", data=person)).status_code == 303
    for person in (OLIVIA, mallory):
        await guess_until_refused(browser(ATTACKER), email=person["email"])
        assert (await shared.post("/login", data=person)).status_code == 303


async def test_a_forged_device_is_a_stranger(browser: Browser, owner: Member) -> None:
    client = browser(ATTACKER)
    await guess_until_refused(client)
    client.cookies.set("device", "nonsense", domain="127.0.0.1", path="/")
    assert (await client.post("/login", data=OLIVIA)).status_code == 429


async def test_asking_for_resets_in_vain_keeps_nobody_from_asking(
    browser: Browser, run_jobs: RunJobs
) -> None:
    stranger = browser(ATTACKER)
    for _ in range(5):
        await stranger.post("/forgot", data={"email": "olivia@example.com"})
    last = await stranger.post("/forgot", data={"email": "olivia@example.com"})
    assert last.status_code == 429
    asked = await browser(ELSEWHERE).post("/forgot", data={"email": "olivia@example.com"})
    assert asked.status_code == 200
    await run_jobs()
    # The mailbox holds five links that work; a sixth mail would only be one more.
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name = 'reset-password'") == 5


async def test_without_limits_nothing_is_counted(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", False)
    client = browser(ATTACKER)
    for _ in range(limiting.FROM_NETWORK.free + 2):
        assert (await client.post("/login", data=GUESS)).status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM guess") == 0


def test_long_waits_are_said_in_minutes(now: datetime) -> None:
    assert "1 minute." in guessing._wait(now + timedelta(seconds=60), now).message  # pyright: ignore[reportPrivateUsage]
    assert "15 minutes." in guessing._wait(now + timedelta(minutes=15), now).message  # pyright: ignore[reportPrivateUsage]
