"""`mayfly migrate`, `demo`, `compilemessages`: what is done to data, once."""

import asyncio
from pathlib import Path

from app.commands.saying import complain, say


def migrate(backwards: str, to: str) -> int:
    """Bring the schema and the bucket up to date, or take a module's migrations back to `to` ("1": the last one)."""
    from app.core.errors import UpstreamFailed
    from app.core.migrating import MigrationFailed, migrate_backwards

    try:
        asyncio.run(migrate_backwards(backwards, to) if backwards else _forwards())
    except MigrationFailed as problem:
        complain(str(problem).strip())
        return 1
    except OSError as problem:
        complain(f"The database can't be reached: {problem}")
        return 1
    except UpstreamFailed:
        complain("The object store can't be reached, or its keys are wrong.")
        return 1
    return 0


async def _forwards() -> None:
    from app.core.migrating import migrate
    from app.storage.bucket import ensure_bucket

    await migrate()
    if not await ensure_bucket():
        say(
            "The object store takes no CORS rule by this way: set it there, for uploads from browsers."
        )


def demo() -> int:
    """Make the demo data unless it is there; the last line printed is its login."""
    say(asyncio.run(_demo()))
    return 0


async def _demo() -> str:
    from app.core import db
    from app.core.settings import get_settings
    from app.demo import create_demo
    from app.main import register_handlers

    register_handlers()
    await db.open_pool()
    try:
        login = await create_demo(get_settings())
    finally:
        await db.close_pool()
    return f"{login.email} / {login.password}"


def compile_messages() -> int:
    """Write the catalogues that gettext reads (`.mo`) beside those that people write (`.po`)."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for path in (Path(__file__).parent.parent / "locale").glob("*/LC_MESSAGES/*.po"):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parent.parent.name)
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
        say(f"{path.parent.parent.name}: {len(catalogue)} messages")
    return 0
