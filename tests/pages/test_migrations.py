"""The kinds of change that a page may tell of: the migration that added some goes both ways, with rows in the table."""

import importlib.util
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.core import db
from app.pages import loading
from app.pages.recording import record_change
from app.pages.wording import KINDS
from app.stock.codes.queries import code_of_group
from tests.factories.types import HOUR, make_countdown, make_offer

FOLDER = Path(__file__).parents[2] / "migrations" / "pages"
FILES = ("pages_2026_11_20_0003", "pages_2026_11_21_31")


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_every_kind_can_be_stored_and_taken_back(owner: Any, now: Any) -> None:
    page = await make_countdown(owner.viewer, now=now)
    for kind in KINDS:
        await record_change(page.id, kind, "1", "2", now, user_id=None)
    first, second = map(load, FILES)
    await second._backwards()
    await first._backwards()
    try:
        kinds = {row["kind"] for row in await db.fetch("SELECT DISTINCT kind FROM page_change")}
        assert kinds == {"deadline", "stock", "price", "discount"}
        with pytest.raises(asyncpg.CheckViolationError):
            await record_change(page.id, "target", "1", "2", now, user_id=None)
    finally:
        await first._forwards()
        await second._forwards()
    await record_change(page.id, "target", "1", "2", now, user_id=None)


async def test_offers_get_the_codes_that_they_hand_out(owner: Any, outsider: Any, now: Any) -> None:
    offers = [await make_offer(owner.viewer, now=now, code=f"WORD-{n}") for n in range(2)]
    theirs = await make_offer(outsider.viewer, now=now, code="WORD-1")
    migration = load(FILES[1])
    await migration._backwards()
    try:
        # As the previous version left them: one word twice, and no codes.
        await db.execute("UPDATE page SET code_id = NULL")
        await db.execute("DELETE FROM discount_code")
        await db.execute(
            """UPDATE page SET settings = settings || '{"code": "word-1"}', created_at = $2 WHERE id = $1""",
            *(offers[0].id, now - HOUR),
        )
    finally:
        await migration._forwards()
    pages = [await loading.by_id(page.id) for page in (*offers, theirs)]
    codes = [page.own_code for page in pages if page.own_code]
    assert [(code.code, code.percent, code.active) for code in codes] == [
        ("WORD-1", 30, False),
        ("WORD-1", 30, True),
        ("WORD-1", 30, True),
    ]
    rows = [await code_of_group(code.id, code.group_id, now) for code in codes]
    assert [row.pages for row in rows] == [{page.id} for page in pages]
