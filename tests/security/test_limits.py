"""Whatever visitors and accounts may send is limited, or stands below with a reason; and what is sensitive by address and account.

The routes are found in the application, so that a new one is asked from its first day.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core import ratelimit
from app.core.settings import get_settings
from tests.factories.orders import Sale, form
from tests.factories.registrations import typed
from tests.fuzz.attacking import Attack, Pairs
from tests.fuzz.discovery import SAFE, Route

# What may be sent as often as somebody likes, and why.
FREE = {
    "POST /logout": "Ends one's own session, and asks nothing of anybody.",
    "POST /console/account/profile": "One's own name and time zone; nobody else sees or is told of it.",
    "POST /console/account/notices": "One's own wishes; nobody is written to.",
    "POST /console/account/address/cancellation": "Takes back what one asked for.",
    "POST /console/account/erasure/cancellation": "The same.",
    "POST /console/account/sessions": "Who ends a thief's sessions must never have to wait.",
    "DELETE /console/account/sessions": "The same.",
    "POST /console/account/sessions/{session_id}": "The same.",
    "DELETE /console/account/sessions/{session_id}": "The same.",
    "POST /console/account/sessions/everywhere": "The same.",
    "POST /console/team/invitations/{invitation_id}": "Takes back; nobody is written to.",
    "DELETE /console/team/invitations/{invitation_id}": "The same.",
    "POST /p/{short_id}/preview": "Reads only, like its GET, and only for who has the signed link.",
    "POST /webhooks/stripe": "Stripe must get through in a rush; what it did not sign goes no further.",
    "POST /webhooks/bounces": "The mail server must get through; without the installation's token nothing is read.",
}
# Parts of the console that are about accounts, and about writing to strangers.
OF_ACCOUNTS = ("/console/account", "/console/team/invitations")
TAKES_OUT = ("export", ".csv", "/download", "/d/", "/orders/{token}")
ADDRESS = "127.0.0.1/32"

DOCUMENT = Path(__file__).parents[2] / "docs" / "abuse.md"
_ROUTE, _RATE = re.compile(r"`((?:GET|POST|DELETE) [^`]+)`"), re.compile(r"\d+/\d*[a-z]+")
# Whom something counted for, and at which rate.
Counted = list[tuple[str, str]]


@pytest.fixture
def limited(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> Attack:
    """The world, where every limit is used up."""

    async def used_up(*_args: Any, **_options: Any) -> int:
        return 60

    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(ratelimit, "_wait", used_up)
    return attack


def asked(attack: Attack) -> Iterator[Route]:
    """What visitors may send, what is sent about accounts, and what is taken out of the house."""
    for route in attack.routes:
        sent = route.method not in SAFE and (
            not route.console or route.template.startswith(OF_ACCOUNTS)
        )
        taken = route.method == "GET" and any(part in route.template for part in TAKES_OUT)
        if sent or taken:
            yield route


async def send(attack: Attack, route: Route, pairs: Pairs | None = None) -> httpx.Response:
    """Send a form that is none, or look; whatever it did is undone."""
    values = next(iter(attack.world.addresses(route)))
    if route.template.endswith("/registrations"):
        values["short_id"] = attack.world.pages["event"].short_id
    path = route.path(values)
    if route.method in SAFE:
        return await attack.send("GET", f"{path}?session_id={attack.world.sold.session_id}")
    return await attack.post(path, pairs or [("unknown", "x")], method=route.method)


async def unlimited(attack: Attack) -> set[str]:
    """Return what is answered although every limit is used up."""
    answers = {str(route): await send(attack, route) for route in asked(attack)}
    return {route for route, answer in answers.items() if answer.status_code != 429}


async def test_every_route_is_limited_or_has_a_reason_not_to_be(limited: Attack) -> None:
    assert await unlimited(limited) == set(FREE)


async def test_a_limit_that_is_taken_away_is_missed(
    limited: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""

    async def nothing(*_args: Any, **_options: Any) -> None: ...

    taken = {
        "POST /forgot": "app.auth.controllers.resetting.limit_resets",
        "POST /p/{short_id}/registrations": "app.registrations.controllers.signing_up.limit",
        "GET /console/orders/export.csv": "app.orders.controllers.console.limit_exports",
    }
    for limit in taken.values():
        monkeypatch.setattr(limit, nothing)
    limited.routes = [route for route in limited.routes if str(route) in taken]
    assert await unlimited(limited) == set(taken)


def _cases(attack: Attack) -> dict[str, Pairs]:
    """Forms of everything that is sensitive; what is refused before a form is read needs none."""
    running = attack.world.pages["running"]
    sale = Sale(running.id, running.short_id, running.id, tuple(one.id for one in running.contents))
    known = {"email": attack.world.viewer.email, "password": "a guess it is"}
    ordered = form(sale, 1, 1, email="buyer@example.com")
    forms: dict[str, dict[str, Any]] = {
        "POST /signup": {**known, "name": "Mallory", "password": "quite another one"},
        "POST /login": known,
        "POST /login/code": {"code": "000000"},
        "POST /login/recovery": {"code": "aaaa-bbbb-cccc"},
        "POST /forgot": {"email": known["email"]},
        "POST /orders/recover": {"email": "buyer@example.com"},
        "POST /p/{short_id}/registrations": typed(attempt=""),
        "POST /p/{short_id}/checkout": ordered,
        "POST /p/{short_id}/code": {**ordered, "code": "GUESSED"},
    }
    bare = (
        "POST /reset/{token}",
        "POST /verify/{token}",
        "POST /address/confirm/{token}",
        "POST /address/undo/{token}",
        "POST /invitations/{token}/account",
        "POST /invitations/{token}/acceptance",
        "POST /registrations/confirm/{token}",
        "POST /registrations/{token}",
        "POST /registrations/{token}/erasure",
        "POST /waitlist/{token}",
        "POST /d/{token}/confirmation",
        "POST /console/account/data/exports",
        "POST /console/account/erasure",
        "POST /account/erasure/{token}",
        "POST /console/account/password",
        "POST /console/account/address",
        "POST /console/account/verification",
        "POST /console/account/two-factor",
        "POST /console/account/two-factor/setup",
        "POST /console/account/two-factor/codes",
        "POST /console/account/two-factor/codes/file",
        "POST /console/account/two-factor/removal",
        "POST /console/team/invitations",
    )
    return {name: list(sent.items()) for name, sent in forms.items()} | {key: [] for key in bare}


@pytest.fixture
def counted(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """What is counted from now on; nothing is refused."""
    found: Counted = []

    async def note(_limiter: Any, rate: str, _name: str, subject: str, cost: int = 1) -> int:
        found.append((subject, rate.replace(" ", "")))
        return 0

    async def note_tries(counts: Any, _now: Any) -> int:
        found.extend((count.key, "guesses") for count in counts if not count.shared)
        return 1

    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(ratelimit, "_wait", note)
    for module in ("answers", "second_step"):
        monkeypatch.setattr(f"app.auth.controllers.{module}.count_try", note_tries)
    return found


async def test_what_is_sensitive_counts_by_address_and_by_account_as_it_is_written_down(
    attack: Attack, counted: Counted
) -> None:
    """And so does everything that is taken out: downloads and exports."""
    cases, written = _cases(attack), _written()
    missing, rates = dict[str, Counted](), dict[str, set[str]]()
    for route in asked(attack):
        if str(route) not in cases and route.method not in SAFE:
            continue
        counted.clear()
        await send(attack, route, cases.pop(str(route), None))
        rates[str(route)] = {rate for _subject, rate in counted}
        subjects = {subject for subject, _rate in counted}
        if ADDRESS not in subjects or len(subjects) < 2:
            missing[str(route)] = list(counted)
    assert missing == {}
    assert cases == {}, "no such routes"
    assert rates == written


def _written() -> dict[str, set[str]]:
    """Return the rates that the document names for each route."""
    found: dict[str, set[str]] = {}
    for line in DOCUMENT.read_text().splitlines():
        named, _bar, told = line.removeprefix("| ").partition(" | ")
        for route in _ROUTE.findall(named if line.startswith("| `") else ""):
            found[route] = {*_RATE.findall(told), *re.findall("guesses", told)}
    return found
