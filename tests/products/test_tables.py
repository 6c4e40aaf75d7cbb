"""What the database itself refuses, and that it declares what the tables say."""

from datetime import datetime
from typing import Any, cast

import asyncpg
import pytest

from app.core import db
from app.core.ids import new_id
from app.products.tables import File, Product
from app.storage.tables import Upload
from tests.factories.products import make_product


@pytest.mark.parametrize("table", [Product, File, Upload])
async def test_the_database_declares_what_the_tables_say(app: Any, table: Any) -> None:
    rows = await db.fetch(
        "SELECT column_name, is_nullable = 'YES' AS nullable, character_maximum_length AS length "
        "FROM information_schema.columns WHERE table_name = $1",
        table._meta.tablename,
    )
    columns = cast(list[Any], table._meta.columns)
    declared = {c._meta.name: (c._meta.null, getattr(c, "length", None)) for c in columns}
    assert {row["column_name"]: (row["nullable"], row["length"]) for row in rows} == declared


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE product SET amount = -1",
        "UPDATE product SET amount = 100000000",
        "UPDATE product SET currency = 'eur'",
        "UPDATE product SET name = ''",
        "UPDATE product SET active = false",
        "UPDATE file SET kind = 'virus'",
        "UPDATE file SET size = 0",
        "UPDATE file SET sha256 = 'x'",
    ],
)
async def test_what_no_code_may_store(owner: Any, now: datetime, change: str) -> None:
    await make_product(owner.viewer, now=now)
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute(change)


async def test_a_product_has_one_cover(owner: Any, now: datetime) -> None:
    product = await make_product(owner.viewer, now=now, files=[("a", b"a"), ("b", b"b")])
    with pytest.raises(asyncpg.UniqueViolationError):
        await db.execute("UPDATE file SET kind = 'cover' WHERE product_id = $1", product)


async def test_lists_and_files_use_indexes(owner: Any) -> None:
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        for sql, index in (
            (
                "SELECT id FROM product WHERE group_id = $1 ORDER BY created_at DESC",
                "product_group",
            ),
            ("SELECT id FROM product WHERE user_id = $1", "product_user_id"),
            ("SELECT id FROM file WHERE product_id = $1 AND kind = 'original'", "file_product"),
            ("SELECT id FROM upload WHERE subject_id = $1 AND state = 'open'", "upload_subject"),
        ):
            plan = await connection.fetch(f"EXPLAIN {sql}", new_id())
            assert any(index in row[0] for row in plan), plan
