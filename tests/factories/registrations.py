"""Registrations for tests, made by the functions that the visitor's form calls."""

from datetime import datetime
from typing import Any

import altcha
import httpx

from app.core.ids import new_short_id
from app.pages.collecting import collection_of
from app.pages.loading import PageRecord
from app.registrations.queries import RegistrationView, registration_of
from app.registrations.registering import SignUp, register

CONSENT = "I agree."


def sign_up(email: str = "ann@example.com", **values: Any) -> SignUp:
    """Return what Ann sends."""
    given: dict[str, Any] = {
        "phone": "",
        "name": "Ann",
        "quantity": 1,
        "answers": {},
        "consent_text": CONSENT,
        **values,
    }
    return SignUp(email=email, **given)


async def make_registration(
    page: PageRecord, now: datetime, email: str = "ann@example.com", **values: Any
) -> RegistrationView:
    """Register somebody on a page; `values` are those of SignUp."""
    collection = await collection_of(page.id, now)
    outcome = await register(collection, sign_up(email, **values), now)
    return await registration_of(outcome.registration_id)


def typed(email: str = "ann@example.com", **values: str) -> dict[str, str]:
    """Return the fields of an event's form as a browser with scripts sends them, but the solved puzzle."""
    return {
        "name": "Ann",
        "email": email,
        "consent": "on",
        "attempt": new_short_id(),
        **values,
    }


async def solved(client: httpx.AsyncClient, short_id: str) -> str:
    """Fetch a puzzle as the form's script does, and solve it."""
    answer = await client.get(f"/p/{short_id}/puzzle")
    assert answer.status_code == 200, answer.text
    challenge = altcha.Challenge.from_dict(answer.json())
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


async def send(
    client: httpx.AsyncClient, short_id: str, email: str = "ann@example.com", **values: str
) -> httpx.Response:
    """Send an event's form with a solved puzzle."""
    form = {"altcha": await solved(client, short_id), **typed(email, **values)}
    return await client.post(f"/p/{short_id}/registrations", data=form)
