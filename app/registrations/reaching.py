"""Reaching somebody who registered: by mail when they left an address, else by a text message to their number."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.notifications.sending import send_email, send_sms
from app.pages.collecting import Collection
from app.registrations.queries import RegistrationView


async def send(
    collection: Collection,
    registration: RegistrationView,
    name: str,
    context: Mapping[str, Any],
    key: str,
    *,
    list_id: UUID | None = None,
) -> UUID | None:
    """Queue the message `name` once by its `key`; with `list_id` it can be unsubscribed from."""
    by_mail = bool(registration.email)
    queue = send_email if by_mail else send_sms
    return await queue(
        registration.email if by_mail else registration.phone,
        name,
        context,
        locale=registration.language,
        key=key,
        subject_of=registration.id,
        topic_id=collection.page_id,
        list_id=list_id,
    )
