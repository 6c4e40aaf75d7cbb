"""Looking for somebody in the whole database."""

from collections.abc import Awaitable, Callable

import pytest

_TABLES = """
SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""


@pytest.fixture
def scan(app: object) -> Callable[[str], Awaitable[list[str]]]:
    """Return a function that names every table of which some column holds a text, whatever its case."""
    # The application reads its settings when it is imported, and they stand only after all conftests are read.
    from app.core import db

    async def look(text: str) -> list[str]:
        found: list[str] = []
        for table in await db.fetch(_TABLES):
            name = table["name"]
            # As a row's own text every column is looked at; bytes are looked at as what they hold.
            held = await db.fetch_value(
                f"""SELECT count(*) FROM "{name}" t WHERE strpos(lower(t::text), lower($1)) > 0
                    OR strpos(lower(t::text), encode(convert_to(lower($1), 'UTF8'), 'hex')) > 0""",
                text,
            )
            if held:
                found.append(name)
        return found

    return look
