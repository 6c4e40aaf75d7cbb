"""Asking for a flag: answered from this process's memory, which is emptied when any process changes a flag."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.core import db
from app.core.live import LiveBus, bus
from app.flags.declaring import declared

TOPIC = "flags"

_LOAD = """
SELECT f.name, f.percentage, o.organization_id, o.enabled
FROM flag f LEFT JOIN flag_override o ON o.flag_id = f.id
"""


@dataclass(frozen=True)
class Stored:
    """A flag as it is set: what single organizations have, and how many per cent of the others."""

    percentage: int
    overrides: Mapping[UUID, bool]


def bucket(name: str, organization_id: UUID) -> int:
    """Return 0 to 99, always the same for this flag and organization, so that raising a percentage only adds."""
    digest = hashlib.sha256(f"{name}:{organization_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


class Memory:
    """All flags, read in one statement; good only while changes can be heard."""

    def __init__(self, live: LiveBus) -> None:
        self.live = live
        self.kept: dict[str, Stored] | None = None
        self.changes = 0
        self.loads = 0

    def forget(self, topic: str | None) -> None:
        """Forget everything when flags, or (None) anything, may have changed."""
        if topic is None or topic == TOPIC:
            self.kept = None
            self.changes += 1

    async def forget_now(self) -> None:
        """Forget before the change comes back over the bus, for who asks next in this process."""
        self.forget(TOPIC)

    async def get(self) -> dict[str, Stored]:
        if self.kept is not None and self.live.connected:
            return self.kept
        before = self.changes
        found = await _load()
        self.loads += 1
        if before == self.changes:  # else it may be older than the change
            self.kept = found
        return found


async def _load() -> dict[str, Stored]:
    percentages: dict[str, int] = {}
    overrides: dict[str, dict[UUID, bool]] = {}
    for row in await db.fetch(_LOAD):
        percentages[row["name"]] = row["percentage"]
        own = overrides.setdefault(row["name"], {})
        if row["organization_id"] is not None:
            own[row["organization_id"]] = row["enabled"]
    return {name: Stored(share, overrides[name]) for name, share in percentages.items()}


memory = Memory(bus)
bus.on_change(memory.forget)


def answer(name: str, stored: Stored | None, organization_id: UUID) -> bool:
    """Return whether the flag is on: the organization's own setting, else its share, else the code's default."""
    if stored is None:
        known = declared.get(name)
        return known.default if known else False
    own = stored.overrides.get(organization_id)
    return bucket(name, organization_id) < stored.percentage if own is None else own


async def enabled(name: str, organization_id: UUID) -> bool:
    """Return whether the flag `name` is on for an organization. Mostly asks no database."""
    return answer(name, (await memory.get()).get(name), organization_id)
