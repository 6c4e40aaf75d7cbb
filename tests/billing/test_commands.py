"""`mayfly plans`: what an operator sees and pushes."""

import asyncio
from typing import Any

import pytest

from app.commands import plans


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in the tests' loop, on the pool that is open."""

    async def nothing() -> None: ...

    monkeypatch.setattr("app.core.db.open_pool", nothing)
    monkeypatch.setattr("app.core.db.close_pool", nothing)


async def _run(command: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    asked: list[Any] = []

    def keep(work: Any) -> int:
        asked.append(work)
        return 0

    monkeypatch.setattr(asyncio, "run", keep)
    command()
    return await asked[0]


async def test_plans_are_listed(
    app: Any, once: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await _run(plans.show, monkeypatch) == 0
    said = capsys.readouterr().out
    assert "free: €0.00; 3 pages at a time" in said and "enterprise: On request" in said


async def test_prices_are_pushed_once(
    app: Any,
    once: None,
    stripe_account: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said: list[str] = []
    for _ in range(2):
        assert await _run(plans.push, monkeypatch) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "basic: price_" in said[0] and "free: not for sale" in said[0]
