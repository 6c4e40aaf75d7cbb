import asyncio

import pytest

from app.core import memory
from app.core.memory import CROWD, Tide


@pytest.fixture
def given_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(memory, "SETTLED_SECONDS", 0.0)
    times: list[int] = []
    monkeypatch.setattr(memory, "give_back", lambda: times.append(1))
    return times


async def _come_and_go(tide: Tide, come: int, go: int) -> None:
    for _ in range(come):
        tide.rise()
    for _ in range(go):
        tide.fall()
    await asyncio.sleep(0.01)


async def test_memory_is_given_back_each_time_half_of_a_crowd_has_left(
    given_back: list[int],
) -> None:
    tide = Tide()
    await _come_and_go(tide, 4 * CROWD, 2 * CROWD - 1)
    assert given_back == []
    await _come_and_go(tide, 0, 1)
    assert len(given_back) == 1
    await _come_and_go(tide, 0, CROWD)
    assert len(given_back) == 2


async def test_a_few_visitors_are_no_crowd(given_back: list[int]) -> None:
    tide = Tide()
    for _ in range(5):
        await _come_and_go(tide, CROWD - 1, CROWD - 1)
    assert given_back == [] and tide.count == 0


def test_giving_back_works_wherever_it_runs() -> None:
    memory.give_back()
