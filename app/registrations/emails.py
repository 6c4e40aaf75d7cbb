"""Registrations' messages to the people who registered, one function each. Each is queued once by its key."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.people import admins_of
from app.core.settings import get_settings
from app.notifications.sending import Attachment, send_email, send_sms
from app.pages.collecting import Collection
from app.pages.showing import speaking
from app.receipts.giving import receipt_path
from app.registrations import reaching
from app.registrations.calendar import CONTENT_TYPE, FILE_NAME, event_calendar
from app.registrations.fields import labelled
from app.registrations.happenings import happening_of
from app.registrations.links import confirm_url, manage_url
from app.registrations.queries import RegistrationView

# What reaches somebody who left a number alone, as a text message.
BY_SMS = ("registration", "registration-again", "registration-cancelled")


async def send_confirmed(
    collection: Collection, registration: RegistrationView, now: datetime
) -> None:
    """Confirm a registration: what was taken down, the event for the calendar, the link that manages it."""
    await _send(collection, registration, "registration", f"registration:{registration.id}", now)


async def send_again(
    collection: Collection, registration: RegistrationView, hour: str, now: datetime
) -> None:
    """Say what stands already to who registered again; at most once an hour."""
    key = f"registration-again:{registration.id}:{hour}"
    await _send(collection, registration, "registration-again", key, now)


async def send_changed(
    collection: Collection, registration: RegistrationView, at: str, now: datetime
) -> None:
    """Say how many places it is now."""
    key = f"registration-changed:{registration.id}:{at}"
    await _send(collection, registration, "registration-changed", key, now)


async def send_cancelled(
    collection: Collection, registration: RegistrationView, now: datetime
) -> None:
    """Confirm that a registration is cancelled, and take the event out of the calendar."""
    key = f"registration-cancelled:{registration.id}"
    await _send(collection, registration, "registration-cancelled", key, now, cancelled=True)


async def send_erased(
    collection: Collection, registration: RegistrationView, number: str, now: datetime
) -> None:
    """Send the receipt of an erasure; whom to is forgotten once it has left."""
    base = get_settings().base_url.rstrip("/")
    context = {
        "title": collection.title,
        "zone": collection.zone,
        "number": number,
        "at": now,
        "url": base + receipt_path(number),
    }
    await send_email(
        registration.email,
        "registration-erased",
        context,
        locale=registration.language,
        key=f"registration-erased:{number}",
        fleeting=True,
    )


async def send_plan_full(collection: Collection, plan: str, allowed: int) -> None:
    """Tell the admins that visitors are turned away, for their plan has no room for more; once a page and plan."""
    base = get_settings().base_url.rstrip("/")
    context = {
        "title": collection.title,
        "allowed": allowed,
        "page_url": f"{base}/console/pages/{collection.page_id}",
        "url": f"{base}/console/billing",
    }
    for admin in await admins_of(collection.organization_id):
        key = f"registrations-full:{collection.page_id}:{plan}:{admin.user_id}"
        await send_email(
            admin.email, "registrations-full", {"name": admin.name, **context}, key=key
        )


async def send_expired(collection: Collection, erased: int, now: datetime) -> None:
    """Tell the admins that a page's registrations are erased, as the page had promised."""
    base = get_settings().base_url.rstrip("/")
    context = {
        "title": collection.title,
        "erased": erased,
        "days": collection.erase_after_days,
        "url": f"{base}/console/pages/{collection.page_id}",
    }
    for admin in await admins_of(collection.organization_id):
        key = f"registrations-erased:{collection.page_id}:{now.isoformat()}:{admin.user_id}"
        await send_email(
            admin.email,
            "registrations-erased",
            {"name": admin.name, **context},
            key=key,
            subject_of=collection.page_id,
        )


async def send_confirm(collection: Collection, pending_id: UUID, to: str, now: datetime) -> None:
    """Let somebody without scripts confirm what they typed, by mail, or by a text message when `to` is a number."""
    await (send_email if "@" in to else send_sms)(
        to,
        "registration-confirm",
        {"title": collection.title, "url": confirm_url(pending_id, now)},
        locale=collection.language,
        key=f"registration-confirm:{pending_id}",
        subject_of=pending_id,
        topic_id=collection.page_id,
    )


async def _send(
    collection: Collection,
    registration: RegistrationView,
    name: str,
    key: str,
    now: datetime,
    *,
    cancelled: bool = False,
    **context: Any,
) -> None:
    if not registration.email and name not in BY_SMS:
        return
    with speaking(registration.language):
        given = {**context_of(collection, registration, now), **context}
    if not registration.email:
        await reaching.send(collection, registration, name, given, key)
        return
    await send_email(
        registration.email,
        name,
        given,
        locale=registration.language,
        key=key,
        subject_of=registration.id,
        attachments=calendar_of(collection, registration, now, cancelled=cancelled),
        topic_id=collection.page_id,
    )


def context_of(
    collection: Collection, registration: RegistrationView, now: datetime
) -> dict[str, Any]:
    """Return what every message to a registrant may show."""
    return {
        "title": collection.title,
        "zone": collection.zone,
        "registration": registration,
        "happening": happening_of(collection),
        "answers": labelled(collection.asks.fields, registration.answers),
        "confirmation": collection.settings.confirmation_message,
        "url": manage_url(registration.id, now),
        "erase_after_days": collection.erase_after_days,
        "erased_at": collection.erased_at,
        "page_url": f"{get_settings().base_url.rstrip('/')}/p/{collection.short_id}",
    }


def calendar_of(
    collection: Collection,
    registration: RegistrationView,
    now: datetime,
    *,
    cancelled: bool = False,
) -> list[Attachment]:
    """Return the event for the calendar of one who has a place, or had one when it is `cancelled`."""
    happening = happening_of(collection)
    if happening is None or not (registration.seated or cancelled):
        return []
    text = event_calendar(
        collection,
        happening,
        now,
        url=manage_url(registration.id, now),
        private=not cancelled,
        cancelled=cancelled,
    )
    method = "CANCEL" if cancelled else "PUBLISH"
    return [Attachment(FILE_NAME, CONTENT_TYPE, text, {"method": method})]
