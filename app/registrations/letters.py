"""The messages that go to everyone on a page: who gets each, by which ways, and what stands in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from app.core.settings import get_settings
from app.notifications.batching import Batch, Recipient
from app.pages.collecting import Collection
from app.registrations.concluding import conclusion_of
from app.registrations.emails import calendar_of
from app.registrations.happenings import happening_of
from app.registrations.links import manage_url
from app.registrations.queries import RegistrationView
from app.registrations.tables import ATTENDED, OFFERED, SEATED, STANDING, WAITING

LAUNCH, REMINDER, CHANGED, AFTERWARDS = "launch", "reminder", "changed", "afterwards"
NO_PLACE = "no-place"
# Whom the creator's own messages go to.
AUDIENCES = {
    "registered": SEATED,
    "attended": (ATTENDED,),
    "waiting": (WAITING, OFFERED),
    "all": STANDING,
}


@dataclass(frozen=True)
class Letter:
    """A message `name` to registrations in `states`; `by_sms` too where they left a number for that.

    `calendar` brings those who have places the event anew. What is `optional` can be unsubscribed from. What is for `once`
    a registration hears a single time, however many mailings bring it.
    """

    name: str
    states: tuple[str, ...]
    by_sms: bool = False
    calendar: bool = False
    optional: bool = True
    once: bool = False

    def key(self, mailing_id: UUID, registration_id: UUID, channel: str) -> str:
        """Return what makes a message to one registration one of a kind."""
        first = self.name if self.once else mailing_id
        return f"{first}:{registration_id}:{channel}"


LETTERS = {
    LAUNCH: Letter("launch-notice", SEATED, by_sms=True),
    REMINDER: Letter("event-reminder", SEATED),
    CHANGED: Letter("event-changed", STANDING, calendar=True, optional=False),
    AFTERWARDS: Letter("event-afterwards", SEATED),
    NO_PLACE: Letter("waitlist-closed", (WAITING,), optional=False, once=True),
    **{
        f"message-{audience}": Letter("registration-message", states)
        for audience, states in AUDIENCES.items()
    },
}
# What differs from recipient to recipient.
PARTS = ("url", "name")


def batches_of(
    letter: Letter,
    collection: Collection,
    registrations: Sequence[RegistrationView],
    mailing_id: UUID,
    details: Mapping[str, Any],
    now: datetime,
) -> Iterator[tuple[Batch, list[Recipient]]]:
    """Yield a batch for each language and way among the registrations, with those whom it goes to."""
    context = _context(collection, details, now)
    ordered = sorted(registrations, key=lambda one: one.language)
    for language, group in groupby(ordered, key=lambda one: one.language):
        people = list(group)
        ways = {"email": [one for one in people if one.email]}
        if letter.by_sms:
            ways["sms"] = [one for one in people if one.phone]
        for channel, reached in ways.items():
            batch = Batch(
                *(letter.name, context, PARTS, language, channel),
                topic_id=collection.page_id,
                list_id=collection.page_id if letter.optional else None,
            )
            yield (
                batch,
                [
                    Recipient(
                        address=one.email if channel == "email" else one.phone,
                        key=letter.key(mailing_id, one.id, channel),
                        subject_of=one.id,
                        parts={"url": manage_url(one.id, now), "name": one.name},
                        attachments=calendar_of(collection, one, now) if letter.calendar else (),
                    )
                    for one in reached
                ],
            )


def _context(collection: Collection, details: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "title": collection.title,
        "zone": collection.zone,
        "happening": happening_of(collection),
        "conclusion": conclusion_of(collection),
        "page_url": f"{get_settings().base_url.rstrip('/')}/p/{collection.short_id}",
        "details": details,
        "now": now,
    }
