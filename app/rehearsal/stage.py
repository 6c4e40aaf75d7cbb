"""The stage of a rehearsal: a schema with an empty copy of every table, where the same code runs and leaves no trace.

On the stage `order` is the stage's own table and not the real one, because the stage's connections look there first.
Every table has its copy, those of modules to come too, so nothing that runs on the stage can write a real row. The
stage goes as a whole when the rehearsal is over, and whoever finds one that nobody plays on removes it.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from piccolo.engine.postgres import PostgresEngine

from app.core import db
from app.core.errors import MayflyError
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.pages.loading import PageRecord

# Advisory locks (class, number): one for each rehearsal that may be played at once.
_SLOTS = 0x5265
_NAME = re.compile(r"rehearsal_([0-9a-f]{32})")

_TABLES = """
SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""
_COUNTED = """
SELECT c.relname AS name, a.attname AS "column" FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'
"""
# The rows that are needed on the stage: the page and what it shows, its people, and what they may do.
_TAKEN = {
    "organization": "id = '{organization}'",
    "group": "organization_id = '{organization}'",
    "user": "organization_id = '{organization}'",
    "subscription": "organization_id = '{organization}'",
    "plan": "true",
    "flag": "true",
    "flag_override": "true",
    "product": "id IN (SELECT product_id FROM public.page_content WHERE page_id = '{page}')",
    "file": "product_id IN (SELECT product_id FROM public.page_content WHERE page_id = '{page}')",
    "page": "id = '{page}'",
    "page_content": "page_id = '{page}'",
}


def name_of(rehearsal_id: UUID) -> str:
    """Return the schema of a rehearsal."""
    return f"rehearsal_{rehearsal_id.hex}"


async def build(rehearsal_id: UUID, page: PageRecord) -> None:
    """Make the stage for a rehearsal of `page`, in place of one that a former attempt left.

    Raises MayflyError when the database's user may not.
    """
    name = name_of(rehearsal_id)
    tables = [row["name"] for row in await db.fetch(_TABLES)]
    counted = [(row["name"], row["column"]) for row in await db.fetch(_COUNTED)]
    known = {"organization": page.organization_id, "page": page.id}
    statements = [
        f"DROP SCHEMA IF EXISTS {name} CASCADE",
        f"CREATE SCHEMA {name}",
        *(
            f'CREATE UNLOGGED TABLE {name}."{table}" (LIKE public."{table}" INCLUDING ALL)'
            for table in tables
        ),
        *(_count_apart(name, table, column) for table, column in counted),
        *(
            f'INSERT INTO {name}."{table}" SELECT * FROM public."{table}" WHERE {condition.format(**known)}'  # noqa: S608
            for table, condition in _TAKEN.items()
            if table in tables
        ),
        # The original stands aside: only its copy is out.
        f"UPDATE {name}.page SET published_at = NULL",  # noqa: S608 - the name is made of an id
    ]
    try:
        async with db.transaction() as conn:
            await conn.execute("; ".join(statements))
    except asyncpg.InsufficientPrivilegeError as error:
        raise MayflyError(_("The database's user may not create schemas.")) from error


def _count_apart(name: str, table: str, column: str) -> str:
    """Let a column that counts up do so by itself, not with the real table's counter."""
    own = f'{name}."{table}"'
    sequence = f'{name}."{table}_{column}_own"'
    return (
        f'CREATE SEQUENCE {sequence} OWNED BY {own}."{column}"; '
        f"ALTER TABLE {own} ALTER \"{column}\" SET DEFAULT nextval('{sequence}')"
    )


@asynccontextmanager
async def on(rehearsal_id: UUID) -> AsyncGenerator[None]:
    """Let everything below, and the tasks that it starts, work on the stage."""
    engine = PostgresEngine(config={"dsn": get_settings().database_url}, extensions=())
    await engine.start_connection_pool(
        min_size=1,
        max_size=get_settings().rehearsal_connections,
        connection_class=db.PooledConnection,
        server_settings={"search_path": f"{name_of(rehearsal_id)}, public"},
    )
    try:
        with db.using(engine):
            yield
    finally:
        await engine.close_connection_pool()


async def remove(rehearsal_id: UUID) -> None:
    """Remove the stage with everything on it."""
    await db.execute(f"DROP SCHEMA IF EXISTS {name_of(rehearsal_id)} CASCADE")


async def left_over() -> list[UUID]:
    """Return the rehearsals that have a stage, whether somebody plays on it or not."""
    rows = await db.fetch("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rehearsal\\_%'")
    found = (_NAME.fullmatch(row["nspname"]) for row in rows)
    return [UUID(match[1]) for match in found if match]


@asynccontextmanager
async def alone(rehearsal_id: UUID) -> AsyncGenerator[bool]:
    """Yield whether this process, and no other, has the rehearsal in hand meanwhile; a process that dies lets go."""
    conn = await asyncpg.connect(get_settings().database_url)
    key = int.from_bytes(rehearsal_id.bytes[-8:], "big", signed=True)
    try:
        yield bool(await conn.fetchval("SELECT pg_try_advisory_lock($1)", key))
    finally:
        await conn.close()


@asynccontextmanager
async def slot() -> AsyncGenerator[bool]:
    """Yield whether one more rehearsal may be played now, by any worker; a process that dies gives its slot back."""
    conn = await asyncpg.connect(get_settings().database_url)
    try:
        numbers = range(get_settings().rehearsals_at_once)
        for number in numbers:
            if await conn.fetchval("SELECT pg_try_advisory_lock($1, $2)", _SLOTS, number):
                yield True
                return
        yield False
    finally:
        await conn.close()
