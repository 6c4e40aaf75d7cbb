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
from tests.support.indexes import serves


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


@pytest.mark.parametrize(
    ("index", "sql"),
    [
        ("product_group", "SELECT id FROM product WHERE group_id = $1 ORDER BY created_at DESC"),
        ("product_user_id", "SELECT id FROM product WHERE user_id = $1"),
        ("file_product", "SELECT id FROM file WHERE product_id = $1 AND kind = 'original'"),
        ("upload_subject", "SELECT id FROM upload WHERE subject_id = $1 AND state = 'open'"),
    ],
)
async def test_lists_and_files_have_indexes(app: Any, index: str, sql: str) -> None:
    assert await serves(index, sql, new_id())


async def test_the_list_comes_from_its_index_in_order(app: Any) -> None:
    made = await db.fetch_value("SELECT indexdef FROM pg_indexes WHERE indexname = 'product_group'")
    assert made.endswith("(group_id, created_at DESC, id)")


async def test_an_index_that_is_missing_or_about_something_else_is_noticed(app: Any) -> None:
    assert not await serves(
        "product_user_id", "SELECT id FROM product WHERE group_id = $1", new_id()
    )
    with pytest.raises(asyncpg.UndefinedTableError):
        await serves("product_nothing", "SELECT id FROM product WHERE group_id = $1", new_id())
