"""What is kept about a registrant, for them to take along."""

import json
from typing import Any

from app.notifications.queries import messages_about
from app.pages.collecting import Collection
from app.registrations.consents import consent_of
from app.registrations.fields import labelled
from app.registrations.history import history_of
from app.registrations.queries import RegistrationView
from app.registrations.standing import waits_of


async def export_of(collection: Collection, registration: RegistrationView) -> str:
    """Return everything that is kept about a registration as JSON; times in ISO 8601."""
    consent = await consent_of(registration.consent_id)
    messages = await messages_about(registration.id)
    kept: dict[str, Any] = {
        "page": {"title": collection.title, "id": collection.short_id},
        "registration": {
            "name": registration.name,
            "email": registration.email,
            "phone": registration.phone,
            "places": registration.quantity,
            "state": registration.state,
            "registered_at": registration.created_at.isoformat(),
            "changed_at": registration.updated_at.isoformat(),
            "language": registration.language,
            "source": registration.source,
        },
        "answers": dict(labelled(collection.asks.fields, registration.answers)),
        "consent": {
            "text": registration.consent_text,
            "version": consent.version if consent else None,
            "version_since": consent.since.isoformat() if consent else None,
            "given_at": registration.consent_at.isoformat() if registration.consent_at else None,
        },
        "waitlist": await waits_of(registration.id),
        "erased_at": collection.erased_at.isoformat() if collection.erased_at else None,
        "history": [
            {"at": event.at.isoformat(), "what": event.words}
            for event in await history_of(registration.id)
        ],
        "messages": [
            {
                "at": message.created_at.isoformat(),
                "to": message.recipient,
                "subject": message.subject,
                "state": message.state,
            }
            for message in messages
        ],
    }
    return json.dumps(kept, ensure_ascii=False, indent=2)
