"""Schema changes: every module's migrations in the order they depend on one another, then the queue's own schema."""

import contextlib
import io

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries
from piccolo.apps.migrations.commands.backwards import run_backwards
from piccolo.apps.migrations.commands.forwards import run_forwards

from app.core import db
from app.core.clock import utc_now
from app.core.partitions import ensure_partitions
from app.core.settings import get_settings

# Any number: one migration runs at a time, however many processes start.
LOCK = 7_225_531


class MigrationFailed(RuntimeError):
    """A migration did not run; the message is Piccolo's own output."""


async def migrate() -> None:
    """Bring the database up to date. Safe to call from several processes at once."""
    guard = await asyncpg.connect(get_settings().database_url)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            result = await run_forwards("all")
        if not result.success:
            raise MigrationFailed(f"{result.message}\n{output.getvalue()}")
        queue = Queries(AsyncpgDriver(guard))
        await (queue.upgrade() if await queue.schema_is_installed() else queue.install())
        await db.open_pool()
        await ensure_partitions(utc_now())
        await db.close_pool()
    finally:
        await guard.close()


async def migrate_backwards(app_name: str, migration_id: str) -> None:
    """Undo the migrations of one module back to `migration_id` (that one included)."""
    result = await run_backwards(app_name, migration_id, auto_agree=True)
    if not result.success:
        raise MigrationFailed(result.message or "")
