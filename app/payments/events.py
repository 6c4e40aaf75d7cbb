"""Reading a webhook's body, once its signature has been found good."""

import json
from collections.abc import Mapping
from typing import Any, cast

from app.payments.gateway import Event

# What the inbox's columns hold.
LONGEST_ID = 255
LONGEST_TYPE = 100


def read_event(payload: bytes) -> Event:
    """Return the event in `payload`. Raises ValueError, KeyError, TypeError or RecursionError for what can't be kept."""
    body = json.loads(payload)
    subject: object = body["data"]["object"]
    if not isinstance(subject, Mapping):
        raise TypeError("an event is about an object")
    # Postgres keeps no null byte, no lone surrogate and no infinite number.
    text = json.dumps(subject, ensure_ascii=False, allow_nan=False)
    if b"\\u0000" in text.encode():
        raise ValueError("a null byte in an event")
    return Event(
        _name(body["id"], LONGEST_ID),
        _name(body["type"], LONGEST_TYPE),
        cast(Mapping[str, Any], subject),
    )


def _name(value: object, longest: int) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= longest:
        raise ValueError("an event without a proper name")
    return value
