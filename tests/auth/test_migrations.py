"""The tables as the migrations make them: forwards, backwards, and the same as the code declares."""

from datetime import datetime
from typing import Any

import pytest

from app.core import db
from app.core.ids import new_id
from app.core.partitions import ensure_partitions
from tests.support.indexes import serves


def _meta(declared: Any) -> Any:
    return declared._meta  # where Piccolo keeps what was declared


@pytest.mark.any_moment
async def test_the_security_log_is_partitioned_by_month(app: Any, now: datetime) -> None:
    await ensure_partitions(now)
    await db.execute(
        "INSERT INTO security_log (id, created_at, kind) VALUES ($1, $2, 'test')", new_id(), now
    )
    table = await db.fetch_value("SELECT tableoid::regclass::text FROM security_log")
    assert table == f"security_log_{now:%Y_%m}"


async def test_logins_and_console_requests_use_indexes(app: Any) -> None:
    by_email = 'SELECT id FROM "user" WHERE lower(email) = lower($1)'
    assert await serves("user_email_key", by_email, "A@example.com")


async def test_the_database_declares_what_the_tables_say(app: Any) -> None:
    from app.auth import tables as auth
    from app.notifications import tables as notifications

    for table in (
        auth.Organization, auth.Group, auth.User, auth.Role, auth.UserRole, auth.Session,
        auth.SecurityLog, auth.TwoFactor, auth.RecoveryCode, auth.EmailChange, auth.Guess,
        notifications.Message,
    ):  # fmt: skip
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
