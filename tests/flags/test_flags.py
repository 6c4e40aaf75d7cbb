"""Flags: a default, a share that only grows, single organizations, and memory that follows changes."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app import flags
from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.core.live import bus
from app.flags import switching
from app.flags.asking import bucket, memory
from app.flags.declaring import Declared, declared
from app.flags.queries import flags_of, list_flags
from tests.support.patience import PATIENCE_SECONDS

NAME, DARK = "test-lit", "test-dark"


@pytest.fixture(autouse=True)
def _two_flags(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # used by name
    for name, default in ((NAME, True), (DARK, False)):
        monkeypatch.setitem(declared, name, Declared(name, lambda: "For tests", default))


async def _until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():
            await asyncio.sleep(0.01)


async def test_what_nobody_set_has_the_codes_default(app: Any) -> None:
    anyone = new_id()
    assert await flags.enabled(NAME, anyone)
    assert not await flags.enabled(DARK, anyone)
    assert not await flags.enabled("never-declared", anyone)
    with pytest.raises(RuntimeError):
        flags.declare(NAME, str, default=True)


async def test_a_share_is_stable_and_only_grows(app: Any, now: datetime) -> None:
    organizations = [new_id() for _ in range(400)]
    flag_id = await switching.create_flag(DARK, 0, now)
    before: set[UUID] = set()
    for percentage in (0, 10, 50, 100):
        await switching.set_percentage(flag_id, percentage, now)
        on = {one for one in organizations if await flags.enabled(DARK, one)}
        assert before <= on
        assert abs(len(on) / 4 - percentage) < 12, (percentage, len(on))
        before = on
    assert len(before) == 400
    known = UUID("01890000-0000-7000-8000-000000000000")
    assert (bucket("a", known), bucket("b", known)) == (bucket("a", known), bucket("b", known))
    assert bucket("a", known) != bucket("b", known)


async def test_one_organization_has_its_own_until_that_is_taken_back(
    app: Any, now: datetime
) -> None:
    mine, others = new_id(), new_id()
    flag_id = await switching.create_flag(NAME, 100, now)
    assert await switching.set_for(flag_id, mine, on=False, now=now) == NAME
    assert not await flags.enabled(NAME, mine)
    assert await flags.enabled(NAME, others)
    await switching.set_percentage(flag_id, 0, now)
    await switching.set_for(flag_id, mine, on=True, now=now)
    assert await flags.enabled(NAME, mine)
    assert (await flags_of(mine))[NAME] and not (await flags_of(others))[NAME]
    (row,) = [flag for flag in await list_flags() if flag.name == NAME]
    assert [(one.organization_id, one.enabled) for one in row.settings] == [(mine, True)]
    await switching.unset_for(flag_id, mine)
    assert not await flags.enabled(NAME, mine)
    await switching.delete_flag(flag_id)
    assert await flags.enabled(NAME, mine)


async def test_what_is_not_there_can_not_be_set(app: Any, now: datetime) -> None:
    with pytest.raises(NotFound):
        await switching.create_flag("never-declared", 5, now)
    flag_id = await switching.create_flag(NAME, 5, now)
    with pytest.raises(Conflict):
        await switching.create_flag(NAME, 6, now)
    for refused in (
        switching.set_percentage(new_id(), 5, now),
        switching.set_for(new_id(), new_id(), on=True, now=now),
        switching.unset_for(flag_id, new_id()),
        switching.delete_flag(new_id()),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_asking_again_costs_nothing_and_a_change_from_elsewhere_is_heard(
    app: Any, now: datetime
) -> None:
    async def heard() -> bool:
        return bus.connected

    await _until(heard)
    mine = new_id()
    await flags.enabled(NAME, mine)
    loads = memory.loads
    for _ in range(5):
        assert await flags.enabled(NAME, mine)
    assert memory.loads == loads
    # As another process does it: this one hears of it only over the bus.
    async with db.transaction():
        await db.execute(
            "INSERT INTO flag (id, name, percentage, created_at, updated_at) VALUES ($1, $2, 0, $3, $3)",
            *(new_id(), NAME, now),
        )
        await db.execute("SELECT pg_notify('mayfly_live', 'flags')")

    async def off() -> bool:
        return not await flags.enabled(NAME, mine)

    await _until(off)


async def test_what_is_read_while_it_changes_is_not_kept(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def load() -> dict[str, Any]:
        memory.forget("flags")
        return {}

    monkeypatch.setattr("app.flags.asking._load", load)
    memory.forget(None)
    await flags.enabled(NAME, new_id())
    assert memory.kept is None
    memory.kept = {}
    memory.forget("page:1")
    assert memory.kept == {}
    memory.forget(None)


async def test_without_a_bus_nothing_is_remembered(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory.live, "connected", False)
    before = memory.loads
    await flags.enabled(NAME, new_id())
    await flags.enabled(NAME, new_id())
    assert memory.loads == before + 2
