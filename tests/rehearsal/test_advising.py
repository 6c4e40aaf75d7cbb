"""What the report says in words."""

from typing import Any

import pytest

from app.rehearsal.advising import advise
from app.rehearsal.counting import Report, StepTimes, times_of


def report(**found: Any) -> Report:
    plain: dict[str, Any] = {
        "outcomes": {"served": 10},
        "refused": {},
        "returned": 0,
        "claimed": 0,
        "given": 10,
        "capacity": 10,
        "oversold": 0,
        "broken": [],
        "steps": [],
        "mails": [],
        "payments": "sandbox",
    }
    return Report(**{**plain, **found})


@pytest.mark.parametrize(
    ("found", "tone", "words"),
    [
        ({}, "good", "Nothing was given away twice"),
        ({"oversold": 3}, "bad", "3 more were given away"),
        ({"broken": ["sold"]}, "bad", "Figures disagree: sold"),
        (
            {"outcomes": {"served": 158, "refused": 42}, "refused": {"sold-out": 42}},
            "warn",
            "42 of 200 will be turned away at this capacity.",
        ),
        ({"outcomes": {"served": 1, "waiting": 1}}, "warn", "1 of 2 will be turned away"),
        ({"capacity": 12}, "info", "2 of 12 were left over"),
        (
            {"given": 9, "refused": {"too-few": 2}},
            "info",
            "1 of 10 were left over. Who still came wanted more at once than were left.",
        ),
        ({"outcomes": {"served": 9, "left": 1}}, "info", "1 basket was never paid"),
        ({"returned": 2}, "info", "2 people found everything in other baskets"),
        ({"claimed": 1}, "info", "1 person got a place from the waitlist"),
        ({"refused": {"plan": 2}}, "warn", "2 people were turned away because your plan"),
        ({"refused": {"payment": 2}}, "bad", "2 payments failed"),
        ({"outcomes": {"reserved": 10}, "payments": "none"}, "info", "Nothing was paid"),
        (
            {"steps": [StepTimes(name="page", times=1, median=1, p95=2500, slowest=2500)]},
            "warn",
            "One of twenty waited for 2.5 s or longer",
        ),
    ],
)
def test_each_finding_has_its_sentence(found: dict[str, Any], tone: str, words: str) -> None:
    said = [each for each in advise(report(**found), sells=True) if words in each.words]
    assert [each.tone for each in said] == [tone]


def test_an_unlimited_page_turns_nobody_away() -> None:
    said = advise(report(capacity=None, outcomes={"served": 1}), sells=True)
    assert [each.tone for each in said] == ["good"]


def test_times_are_the_nearest_rank() -> None:
    found = times_of("page", [float(n) for n in range(100, 0, -1)])
    assert (found.times, found.median, found.p95, found.slowest) == (100, 50, 95, 100)
    assert times_of("page", [7.4]).p95 == 7
