"""What those who wait are told, one function each: that they wait, that a place is theirs to take, that it was not taken."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from app.pages.collecting import Collection
from app.registrations.emails import context_of
from app.registrations.links import offer_url
from app.registrations.offering import entry_of
from app.registrations.queries import RegistrationView
from app.registrations.reaching import send
from app.registrations.tables import OFFERED, WAITING
from app.registrations.waiting import place_of

Tell = Callable[[Collection, RegistrationView, datetime], Awaitable[None]]


async def send_joined(
    collection: Collection, registration: RegistrationView, now: datetime
) -> None:
    """Say which place in the line it is. Nothing to one who was offered places, or left, meanwhile."""
    place = await place_of(registration.id)
    if registration.state != WAITING or place is None:
        return
    context = {**context_of(collection, registration, now), "place": place}
    key = f"waitlist-joined:{registration.id}"
    await send(collection, registration, "waitlist-joined", context, key)


async def send_offered(
    collection: Collection, registration: RegistrationView, now: datetime
) -> None:
    """Bring the link that takes what is offered, and say until when. Once for each offer."""
    entry = await entry_of(registration.id)
    if registration.state != OFFERED or entry is None or entry.offer_expires_at is None:
        return
    context = {
        **context_of(collection, registration, now),
        "offered": entry.offered,
        "until": entry.offer_expires_at,
        "offer_url": offer_url(entry.id, entry.offer_expires_at, now),
    }
    key = f"waitlist-offered:{entry.hold_id}"
    await send(collection, registration, "waitlist-offered", context, key)


async def send_lapsed(
    collection: Collection, registration: RegistrationView, now: datetime
) -> None:
    """Say that the offer ran out, and where to get in line again."""
    context = context_of(collection, registration, now)
    key = f"waitlist-lapsed:{registration.id}"
    await send(collection, registration, "waitlist-lapsed", context, key)
