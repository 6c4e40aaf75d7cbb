"""Finding the code that somebody typed, or the one that a page shows."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import db
from app.stock.codes.standing import Code, normalized

_NAMES = tuple(field.name for field in fields(Code))
_IDS = ("id", "group_id", "stock_id")
_TIMES = ("valid_from", "valid_until")
COLUMNS = ", ".join(f"c.{name}" for name in _NAMES)
# The code whose id the expression `{id}` has, as JSON in another module's statement; `read_code` reads it.
AS_JSON = f"(SELECT row_to_json(found) FROM (SELECT {COLUMNS} FROM discount_code c WHERE c.id = {{id}}) found)"  # noqa: S608 - own columns

# The id of the code whose uses a stock counts, in another module's statement.
ID_BY_STOCK = "(SELECT c.id FROM discount_code c WHERE c.stock_id = {stock_id})"


@dataclass(frozen=True)
class Found:
    """A code, and whether it is for the page that was asked about."""

    code: Code
    fits_page: bool


def code_of(row: db.Record) -> Code:
    """Read a row with the columns of a code."""
    return Code(**{name: row[name] for name in _NAMES})


def read_code(found: Mapping[str, Any] | None) -> Code | None:
    """Read what AS_JSON selected."""
    if found is None:
        return None
    values = {name: found[name] for name in _NAMES}
    values |= {name: UUID(values[name]) for name in _IDS}
    values |= {
        name: datetime.fromisoformat(values[name]) if values[name] else None for name in _TIMES
    }
    return Code(**values)


async def find_live(group_id: UUID, code: str) -> Code | None:
    """Return the group's live code of this name."""
    row = await db.fetch_one(
        f"SELECT {COLUMNS} FROM discount_code c WHERE c.group_id = $1 AND c.code = $2 AND c.active",  # noqa: S608 - own columns
        *(group_id, code),
    )
    return code_of(row) if row else None


async def find(group_id: UUID, text: str, page_id: UUID) -> Found | None:
    """Return the group's code that `text` means, whatever its capitals; one that was switched off if there is no other."""
    code = normalized(text)
    if not code:
        return None
    row = await db.fetch_one(
        f"""SELECT {COLUMNS}, c.everywhere OR EXISTS (SELECT 1 FROM discount_code_page p
              WHERE p.code_id = c.id AND p.page_id = $3) AS fits_page
            FROM discount_code c WHERE c.group_id = $1 AND c.code = $2
            ORDER BY c.active DESC, c.created_at DESC LIMIT 1""",  # noqa: S608 - own columns
        *(group_id, code, page_id),
    )
    return Found(code_of(row), row["fits_page"]) if row else None
