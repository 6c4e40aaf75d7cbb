"""Drawings: scales that people can read, bars that fit, words that say the same."""

import pytest

from app.analytics.charts import HEIGHT, WIDTH, Series, bar_chart, round_up
from app.analytics.figures import Figures, change


@pytest.mark.parametrize(
    ("value", "unit", "top"),
    [
        (0, 1, 2),
        (1, 1, 2),
        (3, 1, 4),
        (7, 1, 8),
        (9, 1, 10),
        (11, 1, 12),
        (123, 1, 140),
        (5840, 100, 6000),
        (999, 1, 1000),
    ],
)
def test_a_scale_is_round_and_has_a_middle(value: int, unit: int, top: int) -> None:
    assert round_up(value, unit) == top
    assert top % (2 * unit) == 0 and top >= value


@pytest.mark.parametrize("parts", [1, 7, 13, 24, 25, 30, 90])
def test_bars_stay_in_their_slots(parts: int) -> None:
    series = (Series("Views", "views", range(parts)), Series("Visitors", "visitors", [0] * parts))
    names = [f"day {number}" for number in range(parts)]
    drawn = bar_chart("key", "Views", names, names, series, str)
    assert len(drawn.slots) == parts
    for number, slot in enumerate(drawn.slots):
        assert len(slot.bars) == (1 if number else 0), "nothing is drawn for nothing"
        assert slot.title == f"day {number}: Views {number}, Visitors 0"
        for bar in slot.bars:
            assert (
                slot.x <= bar.x and bar.x + bar.width <= slot.x + slot.width + 0.02 <= WIDTH + 0.2
            )
            assert bar.y >= 0 and round(bar.y + bar.height, 2) == HEIGHT
    assert len(drawn.labels) <= 10
    if drawn.spread:
        assert parts % len(drawn.labels) == 0, "each stands below what it names"
    highest = f" (max {parts - 1}, day {parts - 1})" if parts > 1 else ""
    assert drawn.summary == f"Views: {sum(range(parts))}{highest}. Visitors: 0."


def test_shares_and_changes() -> None:
    assert Figures().conversion is None and Figures().empty
    assert Figures(visitors=8, orders=1, signups=1).conversion == 25.0
    assert Figures(visitors=1, orders=3).conversion == 100.0
    assert (change(3, 2), change(1, 2), change(0, 2), change(5, 0)) == (50, -50, -100, None)
