"""Names for new organizations and groups: nothing to think of, nothing that tells whose they are."""

import secrets
from collections.abc import Collection

_FIRST = (
    "Amber", "Bright", "Calm", "Clear", "Copper", "Early", "Gentle", "Golden", "Green", "Little",
    "Lucky", "Quick", "Quiet", "Silver", "Still", "Sunny", "Swift", "Velvet", "Warm", "Wild",
)  # fmt: skip
_SECOND = (
    "Brook", "Cove", "Fern", "Field", "Grove", "Harbor", "Hill", "Lake", "Lantern", "Marsh",
    "Meadow", "Orchard", "Pond", "Reed", "River", "Shore", "Spring", "Stream", "Willow", "Wing",
)  # fmt: skip
GROUP_NAME = "Everyone"


def organization_name() -> str:
    """Return a generated name like "Quiet River 4821"."""
    return f"{secrets.choice(_FIRST)} {secrets.choice(_SECOND)} {secrets.randbelow(9000) + 1000}"


def group_name(taken: Collection[str]) -> str:
    """Return a generated name like "Silver Willow" that is none of `taken`."""
    free = [
        name for first in _FIRST for second in _SECOND if (name := f"{first} {second}") not in taken
    ]
    return secrets.choice(free)
