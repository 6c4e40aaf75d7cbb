"""The tables as the migrations make them: the same as the code declares, and one standing registration an address."""

from typing import Any

from app.core import db
from app.registrations import tables


def _meta(declared: Any) -> Any:
    return declared._meta  # where Piccolo keeps what was declared


async def test_the_database_declares_what_the_tables_say(app: Any) -> None:
    for table in (
        tables.Registration,
        tables.RegistrationEvent,
        tables.PendingRegistration,
        tables.CaptchaUse,
        tables.Broadcast,
    ):
        rows = await db.fetch(
            "SELECT column_name, is_nullable = 'YES' AS nullable, character_maximum_length AS length "
            "FROM information_schema.columns WHERE table_name = $1",
            _meta(table).tablename,
        )
        declared = {
            _meta(column).name: (_meta(column).null, getattr(column, "length", None))
            for column in _meta(table).columns
        }
        assert {r["column_name"]: (r["nullable"], r["length"]) for r in rows} == declared
