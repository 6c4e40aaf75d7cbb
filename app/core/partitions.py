"""Tables that only grow are partitioned by month, so that retention drops a partition instead of deleting rows."""

from datetime import UTC, datetime

from app.core import db, jobs

MONTHS_AHEAD = 3

_partitioned: dict[str, str] = {}


def register_partitioned(table: str, column: str) -> None:
    """Keep `table`, partitioned by range of the timestamp `column`, supplied with partitions."""
    _partitioned[table] = column


def create_partitioned_sql(table: str, columns: str, by: str) -> str:
    """Return one statement that makes a table partitioned by month of `by`, with a default so that no insert fails.

    `columns` is the list between the parentheses; a primary key must hold `by`.
    """
    return (
        "DO $create$ BEGIN "
        f'CREATE TABLE "{table}" ({columns}) PARTITION BY RANGE ("{by}"); '
        f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT; '
        "END $create$"
    )


def _month(start: datetime, ahead: int) -> datetime:
    months = start.year * 12 + start.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


async def ensure_partitions(now: datetime) -> list[str]:
    """Create the partitions of this month and the next ones where they are missing; return the new ones' names."""
    made: list[str] = []
    for table in _partitioned:
        for ahead in range(MONTHS_AHEAD + 1):
            first, last = _month(now, ahead), _month(now, ahead + 1)
            name = f"{table}_{first:%Y_%m}"
            if await db.fetch_value("SELECT to_regclass($1)", f'"{name}"') is not None:
                continue
            if await db.fetch_value(
                f'SELECT EXISTS (SELECT 1 FROM "{table}_default" WHERE "{_partitioned[table]}" >= $1 '  # noqa: S608 - names are ours
                f'AND "{_partitioned[table]}" < $2)',
                first,
                last,
            ):
                continue  # the default partition already holds rows of that month and goes on holding them
            await db.execute(
                f'CREATE TABLE "{name}" PARTITION OF "{table}" '
                f"FOR VALUES FROM ('{first:%Y-%m-%d}+00') TO ('{last:%Y-%m-%d}+00')"
            )
            made.append(name)
    return made


async def drop_partitions(table: str, before: datetime) -> list[str]:
    """Drop the partitions of `table` that end at or before `before`; return their names."""
    rows = await db.fetch(
        "SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = $1::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'",
        f'"{table}"',
    )
    dropped: list[str] = []
    for row in rows:
        year, month = row["name"].split("_")[-2:]
        if _month(datetime(int(year), int(month), 1, tzinfo=UTC), 1) <= before:
            await db.execute(f'DROP TABLE "{row["name"]}"')
            dropped.append(row["name"])
    return sorted(dropped)


@jobs.periodic("core.partitions", "17 3 * * *")
async def keep_partitions(_payload: jobs.Payload, now: datetime) -> None:
    await ensure_partitions(now)
