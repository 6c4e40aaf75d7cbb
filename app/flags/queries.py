"""Flags read for the people who set them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.flags.asking import Stored, answer
from app.flags.declaring import declared


@dataclass(frozen=True)
class Setting:
    """What one organization has, whatever its share says."""

    organization_id: UUID
    enabled: bool


@dataclass(frozen=True)
class FlagRow:
    """A flag: set (`id`), asked for by the code (`described`), mostly both. `percentage` holds once it is set."""

    name: str
    described: str
    default: bool
    id: UUID | None
    percentage: int
    updated_at: datetime | None
    settings: Sequence[Setting]


async def list_flags() -> list[FlagRow]:
    """Return every flag that is set or asked for, by name, in two statements."""
    settings: dict[UUID, list[Setting]] = {}
    for row in await db.fetch(
        "SELECT flag_id, organization_id, enabled FROM flag_override ORDER BY created_at, id"
    ):
        made = Setting(row["organization_id"], row["enabled"])
        settings.setdefault(row["flag_id"], []).append(made)
    stored = {row["name"]: row for row in await db.fetch("SELECT * FROM flag")}
    return [_row(name, stored.get(name), settings) for name in sorted({*stored, *declared})]


def _row(name: str, row: db.Record | None, settings: dict[UUID, list[Setting]]) -> FlagRow:
    known = declared.get(name)
    return FlagRow(
        name=name,
        described=known.describe() if known else "",
        default=known.default if known else False,
        id=row["id"] if row else None,
        percentage=row["percentage"] if row else 0,
        updated_at=row["updated_at"] if row else None,
        settings=settings.get(row["id"], []) if row else [],
    )


async def flags_of(organization_id: UUID) -> dict[str, bool]:
    """Return what every flag is for one organization, read afresh."""
    found: dict[str, bool] = {}
    for flag in await list_flags():
        own = {setting.organization_id: setting.enabled for setting in flag.settings}
        stored = Stored(flag.percentage, own) if flag.id else None
        found[flag.name] = answer(flag.name, stored, organization_id)
    return found
