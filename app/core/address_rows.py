"""Stored addresses brought into their canonical form, for the migrations of the modules that have some."""

import contextlib

from asyncpg import UniqueViolationError

from app.core import db
from app.core.addresses import LONGEST_ADDRESS, canonical_address


async def make_canonical(table: str, column: str) -> None:
    """Write each address of a column as forms do now, in the current transaction.

    Only domains beyond ASCII have a second form. Where the canonical one is taken by another row, the row stays as it is:
    which of two accounts, or of two registrations, is the right one is not for a migration to say.
    """
    rows = await db.fetch(
        f'SELECT id, {column} AS address FROM "{table}" '  # noqa: S608 - own names
        f"WHERE {column} ~ '[^\\x01-\\x7f]' OR {column} ILIKE '%xn--%'"
    )
    for row in rows:
        kept = canonical_address(row["address"])
        if kept == row["address"] or len(kept) > LONGEST_ADDRESS:
            continue
        async with db.connection() as connection:
            with contextlib.suppress(UniqueViolationError):
                async with connection.transaction():  # a savepoint inside another one
                    await connection.execute(
                        f'UPDATE "{table}" SET {column} = $2 WHERE id = $1',  # noqa: S608 - own names
                        *(row["id"], kept),
                    )
