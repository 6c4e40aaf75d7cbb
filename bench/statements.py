"""Counts the SQL statements that reach Postgres, by the server's own log: nobody in between can forget one."""

import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.core import db

# What keeps the live bus's connection known to be alive is nobody's request.
HEARTBEAT = "SELECT 1"
_LINE = re.compile(r"LOG:  (?:execute [^:]*|statement): (.*(?:\n\t.*)*)")
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass
class Statements:
    """What was run inside the block: `all`, with their comments and spaces as they are."""

    all: list[str] = field(default_factory=list[str])

    @property
    def queries(self) -> list[str]:
        """Without the opening and closing of transactions."""
        return [text for text in self.all if not text.startswith(FRAMES)]


@asynccontextmanager
async def counted() -> AsyncGenerator[Statements]:
    """Collect every statement that other processes run inside the block."""
    found = Statements()
    await _log_all(on=True)
    start = len(_log())
    try:
        yield found
    finally:
        text = _log()[start:]
        await _log_all(on=False)
        found.all += [line.strip() for line in _LINE.findall(text) if line.strip() != HEARTBEAT]


def _log() -> str:
    return Path(os.environ["BENCH_POSTGRES_LOG"]).read_text()


async def _log_all(*, on: bool) -> None:
    setting = "all" if on else "none"
    await db.execute(f"ALTER SYSTEM SET log_statement = '{setting}'")
    await db.fetch_value("SELECT pg_reload_conf()")
    # Each backend reads the new setting before its next statement, once it has been told.
    await db.fetch_value("SELECT pg_sleep(0.3)")
