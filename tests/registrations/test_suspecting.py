"""Who asks for many puzzles gets harder ones, by whatever name; and nothing is kept of who that was."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from litestar import Request

from app.core import ratelimit
from app.core.settings import get_settings
from app.registrations import suspecting
from app.registrations.suspecting import FORGOTTEN_AFTER
from tests.factories.registrations import solved, typed
from tests.factories.types import make_event

TRAITS = "m;Europe/Berlin;de,en;4;"
HERE, NEIGHBOUR, ELSEWHERE = "198.51.100.7", "198.51.100.200", "203.0.113.9"

Ask = Callable[..., Any]


@pytest.fixture
async def ask(
    app: Any, owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Ask, None]:
    """Ask for a puzzle as some browser; returns the price. The cheap ones are two, or three to machines that are alike."""
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(suspecting, "PRICES", ((1, "2/10 minutes"), (4, "3/10 minutes")))
    monkeypatch.setattr(suspecting, "PRICES_OF_ALIKE", ((1, "3/10 minutes"), (4, "4/10 minutes")))
    prices: list[int] = []

    def noted(_subject: str, price: int, _now: Any) -> dict[str, Any]:
        prices.append(price)
        return {}

    monkeypatch.setattr("app.registrations.captcha.puzzle", noted)
    page = await make_event(owner.viewer, now=now)

    async def price(address: str = HERE, name: str = "a browser", traits: str = "") -> int:
        headers = {"User-Agent": name} | ({"X-Puzzle-Traits": quote(traits)} if traits else {})
        transport = httpx.ASGITransport(app, client=(address, 40000))
        base = str(owner.base_url)
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
            assert (await client.get(f"/p/{page.short_id}/puzzle")).status_code == 200
        return prices[-1]

    yield price


async def test_who_asks_for_many_puzzles_gets_harder_ones(ask: Ask) -> None:
    assert [await ask() for _ in range(7)] == [1, 1, 4, 4, 4, 16, 16]
    assert await ask(name="another") == 1


async def test_traits_see_a_burst_behind_other_names_and_addresses(ask: Ask) -> None:
    burst = [await ask((HERE, NEIGHBOUR)[n % 2], f"robot {n}", TRAITS) for n in range(9)]
    assert burst == [1, 1, 1, 4, 4, 4, 4, 16, 16]
    assert await ask(ELSEWHERE, "robot 1", TRAITS) == 1, "another network"
    assert await ask(HERE, "robot 10", "l;Asia/Tokyo;ja;8;touch") == 1, "another machine"


async def test_without_traits_all_is_as_it_was(ask: Ask) -> None:
    for n in range(9):
        await ask(HERE, f"robot {n}", TRAITS)
    assert await ask(HERE, "a person who tells none") == 1


async def test_traits_never_make_a_puzzle_easier(ask: Ask) -> None:
    assert [await ask() for _ in range(6)][-1] == 16
    assert await ask(traits=TRAITS) == 16


async def test_inventions_are_one_machine(ask: Ask) -> None:
    """A robot that makes traits up is not a new machine each time."""
    invented = [await ask(name=f"{n}", traits=f"x{n};Moon/{n};{n};{n}0;y{n};{n}") for n in range(4)]
    assert invented == [1, 1, 1, 4]


async def test_what_is_counted_is_forgotten_with_the_day(ask: Ask, clock: Any) -> None:
    assert [await ask(traits=TRAITS) for _ in range(6)][-1] == 16
    clock.advance(timedelta(days=1))
    assert await ask(traits=TRAITS) == 1


async def test_nothing_of_a_browser_is_kept_and_the_digest_no_longer_than_is_said(
    ask: Ask, client: httpx.AsyncClient
) -> None:
    await ask(traits=TRAITS)
    events: dict[str, Any] = getattr(ratelimit._limiter().storage, "events")  # noqa: B009  # pyright: ignore[reportPrivateUsage]
    kept = {key: entries for key, entries in events.items() if "captcha" in key}
    assert len(kept) == 2
    policy = (await client.get("/privacy")).text
    assert "bursts of robots" in policy and "10 minutes" in policy
    for told in (HERE, "198.51", "Berlin", "de,en", "a browser"):
        assert not [key for key in kept if told in key]
    kept_for = {entry.expiry - entry.atime for entries in kept.values() for entry in entries}
    assert kept_for == {FORGOTTEN_AFTER.total_seconds()}


@examples(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.lists(st.text(max_size=20), max_size=7).map(";".join))
def test_whatever_is_told_becomes_coarse(told: str) -> None:
    sent = quote(told.encode("utf-8", "surrogatepass")).encode()
    request: Request[Any, Any, Any] = Request(
        {"type": "http", "headers": [(b"x-puzzle-traits", sent)], "state": {}, "query_string": b""}  # type: ignore[arg-type, typeddict-item]  # all that is read
    )
    traits = suspecting.traits_of(request)
    assert len(traits) in (0, 5)
    assert len("".join(traits)) < 80


async def test_puzzles_outlive_a_change_of_keys(
    owner: Any, client: httpx.AsyncClient, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, keys = await make_event(owner.viewer, now=now), get_settings().secret_keys
    url = f"/p/{page.short_id}/registrations"
    old, older = [await solved(client, page.short_id) for _ in range(2)]
    monkeypatch.setattr(get_settings(), "secret_keys", ["n" * 40, *keys])
    assert (await client.post(url, data=typed(altcha=old))).status_code == 303
    monkeypatch.setattr(get_settings(), "secret_keys", ["n" * 40])
    refused = await client.post(url, data=typed("bob@example.com", altcha=older))
    assert refused.status_code == 422
    assert "robot" in refused.text
