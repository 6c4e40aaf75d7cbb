"""Identifiers: time-ordered for keys, unguessable for links."""

import re
from uuid import UUID

import shortuuid
from uuid_utils.compat import uuid7

SHORT_ID_LENGTH = 22
_SHORT_ID = re.compile(r"[0-9A-Za-z]{1,22}")


def new_id() -> UUID:
    """Return a version 7 UUID (RFC 9562): keys made later sort later."""
    return uuid7()


def new_short_id() -> str:
    """Return a random (version 4) UUID in 22 letters and digits, for public links."""
    return shortuuid.uuid()


def is_short_id(text: str) -> bool:
    """Whether `text` can be a short id at all; what can't (a null byte, say) must not reach the database."""
    return _SHORT_ID.fullmatch(text) is not None


def parse_id(text: object) -> UUID | None:
    """Return the UUID that `text` spells, or None: an unreadable id is simply one that does not exist."""
    if isinstance(text, UUID):
        return text
    try:
        return UUID(str(text))
    except ValueError:
        return None
