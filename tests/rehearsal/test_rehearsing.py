"""Simulated people on every type of page: nobody gets what there is not, everyone is accounted for, nothing remains."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.settings import get_settings
from app.payments.rehearsing import Payments
from app.rehearsal import stage
from app.rehearsal.counting import Report
from tests.factories.billing import allowing
from tests.factories.pages import make_draft, make_page
from tests.factories.registrations import make_registration
from tests.factories.rehearsals import everything, rehearse
from tests.factories.types import make_countdown, make_event, make_offer

DAY = timedelta(days=1)


def mails(report: Report) -> dict[str, int]:
    return {mail.name: mail.count for mail in report.mails}


def times(report: Report) -> dict[str, int]:
    return {step.name: step.times for step in report.steps}


def agrees(report: Report, people: int) -> None:
    """Everyone became something, nothing was given twice, and the installation's own checks find nothing."""
    assert report.asked == people
    assert sum(report.refused.values()) == report.count("refused")
    assert (report.oversold, report.broken) == (0, [])


@pytest.mark.present_only
async def test_a_rush_on_a_draft_sells_what_there_is_and_leaves_no_trace(
    owner: Any, now: datetime, stripe_account: Any, inbox: Any
) -> None:
    page = await make_draft(owner.viewer, now=now, quantity=4)
    before = await everything()
    report = await rehearse(page, owner.viewer, now)
    agrees(report, 10)
    assert report.outcomes == {"served": 4, "refused": 6}
    assert (report.given, report.capacity) == (4, 4)
    assert mails(report) == {"order-completed": 4}
    assert times(report) == {"page": 10, "checkout": 10, "payment": 4}
    assert await everything() == before
    assert await stage.left_over() == []
    assert [await inbox(f"guest{n}@rehearsal.example") for n in range(1, 11)] == [[]] * 10


@pytest.mark.present_only
async def test_baskets_that_are_not_paid_go_to_those_who_come_back(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    page = await make_draft(owner.viewer, now=now, per_item=[3], quantity=None)
    how = {"people": 12, "at_once": 1, "fickle": 50, "id": UUID(int=2)}  # the first three leave
    report = await rehearse(page, owner.viewer, now, **how)
    agrees(report, 12)
    assert report.outcomes == {"left": 3, "served": 3, "refused": 6}
    assert (report.given, report.capacity, report.returned) == (3, 3, 3)


@pytest.mark.present_only
async def test_a_running_page_is_rehearsed_from_its_beginning(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    page = await make_offer(owner.viewer, now=now, limit=5)
    before = await everything()
    report = await rehearse(page, owner.viewer, now, people=4, pieces=2)
    agrees(report, 4)
    assert report.given <= 5
    assert mails(report) == {"order-completed": report.count("served")}
    assert await everything() == before


@pytest.mark.parametrize("amount", [0, 2000])
@pytest.mark.present_only
async def test_a_scheduled_page_is_rehearsed_as_if_it_were_open(
    owner: Any, now: datetime, stripe_account: Any, amount: int
) -> None:
    times_of = {"launch_at": now + DAY, "expires_at": now + 2 * DAY}
    page = await make_page(owner.viewer, now=now, quantity=None, amount=amount, **times_of)
    report = await rehearse(page, owner.viewer, now, people=3)
    agrees(report, 3)
    assert (report.outcomes, report.capacity) == ({"served": 3}, None)
    assert ("payment" in times(report)) == (amount > 0)


async def test_an_event_fills_queues_and_reminds(owner: Any, now: datetime) -> None:
    page = await make_event(owner.viewer, now=now, capacity=3, reminders=(60,))
    await make_registration(page, now)
    before = await everything()
    how = {"people": 9, "at_once": 1, "fickle": 40, "id": UUID(int=2)}  # the first three cancel
    report = await rehearse(page, owner.viewer, now, **how)
    agrees(report, 9)
    assert report.outcomes == {"left": 3, "served": 3, "waiting": 3}
    assert (report.given, report.claimed) == (3, 3)
    sent = mails(report)
    assert (sent["waitlist-joined"], sent["waitlist-offered"], sent["event-reminder"]) == (6, 3, 3)
    assert await everything() == before


async def test_offers_that_nobody_takes_go_to_the_next(owner: Any, now: datetime) -> None:
    page = await make_event(owner.viewer, now=now, capacity=3)
    how = {
        "people": 9,
        "at_once": 1,
        "fickle": 40,
        "id": UUID(int=4),
    }  # 1 cancels; 4, 5 and 6 let it run out
    report = await rehearse(page, owner.viewer, now, **how)
    agrees(report, 9)
    assert report.outcomes == {"left": 4, "served": 3, "waiting": 2}
    assert (report.given, report.claimed, mails(report)["waitlist-lapsed"]) == (3, 1, 3)


@pytest.mark.parametrize(
    ("crowd", "served", "given"),
    [
        pytest.param(123, 3, 4, id="2, 1, 2, 2, 2, 1"),
        pytest.param(32, 2, 3, id="2, 1, 2, 2, 2, 2"),
    ],
)
async def test_an_event_without_a_waitlist_turns_away_whom_its_places_do_not_suffice(
    owner: Any, now: datetime, crowd: int, served: int, given: int
) -> None:
    """Nobody gets a part of what they want: a place stays free when only groups come that are larger."""
    asked = [
        {"key": "lamp", "label": "A lamp", "kind": "checkbox", "required": True},
        {"key": "day", "label": "Which day", "kind": "date", "required": True},
        {"key": "age", "label": "Age", "kind": "number", "min": 18, "required": True},
        {"key": "tool", "label": "Tool", "kind": "choice", "options": ["Ink"], "required": True},
        {"key": "why", "label": "Why", "kind": "text", "min": 12, "required": True},
    ]
    page = await make_event(
        owner.viewer, now=now, capacity=4, waitlist=False, maximum_quantity=2, fields=asked
    )
    # One after another, and always the same people: how many places each wants stands in the test's name.
    how = {"people": 6, "at_once": 1, "pieces": 5, "id": UUID(int=crowd)}
    report = await rehearse(page, owner.viewer, now, **how)
    agrees(report, 6)
    assert (report.count("served"), report.given) == (served, given)
    assert report.refused == {"too-few": 6 - served}


async def test_a_countdown_sends_its_notices(owner: Any, now: datetime) -> None:
    page = await make_countdown(owner.viewer, now=now, by_sms=True)
    report = await rehearse(page, owner.viewer, now, people=6)
    agrees(report, 6)
    assert report.outcomes == {"served": 6}
    assert mails(report)["launch-notice"] == 6


async def test_what_the_plan_does_not_allow_is_a_finding(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "default_plan", "free")
    page = await make_countdown(owner.viewer, now=now)
    async with allowing(registrations_per_page=2):
        report = await rehearse(page, owner.viewer, now, people=5)
    agrees(report, 5)
    assert (report.outcomes, report.refused) == ({"served": 2, "refused": 3}, {"plan": 3})


async def test_with_a_live_key_nothing_is_asked_of_stripe_and_nothing_paid(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "stripe_api_key", "sk_live_" + "x" * 24)
    monkeypatch.setattr(get_settings(), "stripe_api_base", "")
    page = await make_draft(owner.viewer, now=now, quantity=4)
    report = await rehearse(page, owner.viewer, now)
    agrees(report, 10)
    assert report.outcomes == {"reserved": 4, "refused": 6}
    assert (report.payments, report.given, report.mails) == (Payments.NONE, 0, [])


async def test_stripes_test_mode_opens_sessions_and_closes_them(
    owner: Any,
    now: datetime,
    client: Any,
    web_server: str,
    stripe_account: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sandbox plays Stripe here: the installation's own account, with its webhooks."""
    monkeypatch.setattr("app.payments.rehearsing.payments_here", lambda: Payments.TEST)
    await stripe_account.switches(webhook_url=f"{web_server}/webhooks/stripe")
    page = await make_draft(owner.viewer, now=now, quantity=2)
    before = await everything()
    report = await rehearse(page, owner.viewer, now, people=3)
    agrees(report, 3)
    assert report.outcomes == {"served": 2, "refused": 1}
    told = await stripe_account.flush()
    assert told["failed"] == 0
    assert await everything() == before
