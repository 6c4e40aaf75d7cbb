"""Registrations as the rest of the module reads them."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.registrations.tables import CANCELLED, SEATED

Answer = str | int | float | bool


@dataclass(frozen=True)
class RegistrationView:
    """A stored registration. `email` or `phone` may be ""; `answers` by the keys of the page's questions."""

    id: UUID
    page_id: UUID
    organization_id: UUID
    group_id: UUID
    email: str
    phone: str
    name: str
    quantity: int
    answers: dict[str, Answer]
    state: str
    stock_id: UUID | None
    entry_stock_id: UUID | None
    consent_text: str
    consent_at: datetime | None
    consent_id: UUID | None
    language: str
    source: str
    link_id: UUID | None
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    checked_in_at: datetime | None

    @property
    def seated(self) -> bool:
        """Whether its places are taken for it."""
        return self.state in SEATED

    @property
    def standing(self) -> bool:
        return self.state != CANCELLED

    @property
    def contact(self) -> str:
        return self.email or self.phone

    @property
    def label(self) -> str:
        return self.name or self.contact


_NAMES = tuple(field.name for field in fields(RegistrationView))
COLUMNS = ", ".join(f"r.{name}" for name in _NAMES)


def read_registration(row: db.Record) -> RegistrationView:
    """Read a row that holds `COLUMNS`."""
    values: dict[str, Any] = {name: row[name] for name in _NAMES}
    return RegistrationView(**{**values, "answers": json.loads(values["answers"])})


async def registration_of(registration_id: UUID) -> RegistrationView:
    """Return a registration for its own link, jobs and other modules. Raises NotFound when it was erased."""
    return await _one("r.id = $1", registration_id)


async def of_group(registration_id: UUID, group_id: UUID) -> RegistrationView:
    """Return a registration on a page of a viewer's group. Raises NotFound for any other."""
    return await _one("r.id = $1 AND r.group_id = $2", registration_id, group_id)


async def locked(registration_id: UUID) -> RegistrationView:
    """Return a registration as it is now, which nobody else changes until the current transaction ends."""
    return await _one("r.id = $1", registration_id, lock=" FOR UPDATE")


async def standing(page_id: UUID, email: str, phone: str) -> RegistrationView | None:
    """Return the registration that stands for an address, or for a number without an address, on a page."""
    condition = "lower(r.email) = lower($2)" if email else "r.email = '' AND r.phone = $2"
    row = await db.fetch_one(
        f"SELECT {COLUMNS} FROM registration r "  # noqa: S608 - own constants
        f"WHERE r.page_id = $1 AND r.state <> 'cancelled' AND {condition}",
        page_id,
        email or phone,
    )
    return read_registration(row) if row else None


async def _one(condition: str, *arguments: object, lock: str = "") -> RegistrationView:
    row = await db.fetch_one(
        f"SELECT {COLUMNS} FROM registration r WHERE {condition}{lock}",  # noqa: S608 - own constants
        *arguments,
    )
    if row is None:
        raise NotFound
    return read_registration(row)
