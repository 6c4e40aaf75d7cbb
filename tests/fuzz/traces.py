"""What a request left in the database, and putting it back."""

from dataclasses import dataclass

from app.core import db

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> 'migration' ORDER BY 1
"""

Digest = dict[str, tuple[int, int]]


async def tables() -> list[str]:
    return [row["relname"] for row in await db.fetch(_TABLES)]


async def digest(names: list[str]) -> Digest:
    """Return, for each table, how many rows it has and a sum of their hashes: any changed byte shows."""
    parts = " UNION ALL ".join(
        f"""SELECT '{name}' AS name, count(*) AS rows, coalesce(sum(hashtext(t::text)), 0) AS sum FROM "{name}" t"""
        for name in names
    )
    return {row["name"]: (row["rows"], row["sum"]) for row in await db.fetch(parts)}


def changed(before: Digest, after: Digest) -> set[str]:
    return {name for name in before if before[name] != after.get(name)}


@dataclass(frozen=True)
class Snapshot:
    """The database as it was, kept in tables of the same names in a schema beside it."""

    tables: list[str]
    digest: Digest
    seen: list[str]

    @classmethod
    async def take(cls) -> "Snapshot":
        names = await tables()
        await _make_room(names)
        copies = "".join(
            f'DELETE FROM kept."{name}"; INSERT INTO kept."{name}" SELECT * FROM "{name}";'
            for name in names
        )
        async with db.connection() as conn:
            await conn.execute(f"BEGIN; {copies} COMMIT;")
        return cls(names, await digest(names), [await _next_transaction()])

    async def changed(self) -> set[str]:
        """Return the tables that differ from the snapshot."""
        # Where no transaction has written since the last look, nothing can differ: no need to read it all.
        upcoming = await _next_transaction()
        if self.seen == [upcoming]:
            return set()
        self.seen[:] = [upcoming]
        return changed(self.digest, await digest(self.tables))

    async def restore(self, names: set[str]) -> None:
        """Put the named tables back."""
        from app.core.live import bus

        back = " ".join(
            f'DELETE FROM "{name}"; INSERT INTO "{name}" SELECT * FROM kept."{name}";'
            for name in sorted(names)
        )
        async with db.connection() as conn:
            await conn.execute(
                f"BEGIN; SET LOCAL session_replication_role = replica; {back} COMMIT;"
            )
        self.seen[:] = [await _next_transaction()]
        bus.everything_changed()


_SHAPES = """
SELECT c.relname, string_agg(format('%s %s', a.attname, a.atttypid), ',' ORDER BY a.attnum) AS shape
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = $1 AND a.attnum > 0 AND NOT a.attisdropped GROUP BY c.relname
"""


async def _shapes(schema: str) -> dict[str, str]:
    return {row["relname"]: row["shape"] for row in await db.fetch(_SHAPES, schema)}


async def _make_room(names: list[str]) -> None:
    """Make the tables that keep, once in a database: to make and drop them for each test takes longer than the test.

    A test of migrations takes columns away and brings them back elsewhere; what keeps that table is made anew.
    """
    real, kept = await _shapes("public"), await _shapes("kept")
    await db.execute("CREATE SCHEMA IF NOT EXISTS kept")
    for name in names:
        if real[name] != kept.get(name):
            await db.execute(f'DROP TABLE IF EXISTS kept."{name}"')
            await db.execute(f'CREATE UNLOGGED TABLE kept."{name}" (LIKE "{name}")')


async def _next_transaction() -> str:
    return str(await db.fetch_value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))
