"""The kinds of change that a page may tell of: the migration that added some goes both ways, with rows in the table."""

import importlib.util
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.core import db
from app.pages.recording import record_change
from app.pages.wording import KINDS
from tests.factories.types import make_countdown

FILE = Path(__file__).parents[2] / "migrations" / "pages" / "pages_2026_11_20_0003.py"


def load() -> Any:
    spec = importlib.util.spec_from_file_location("pages_0003", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_every_kind_can_be_stored_and_taken_back(owner: Any, now: Any) -> None:
    page = await make_countdown(owner.viewer, now=now)
    for kind in KINDS:
        await record_change(page.id, kind, "1", "2", now, user_id=None)
    migration = load()
    await migration._backwards()
    try:
        kinds = {row["kind"] for row in await db.fetch("SELECT DISTINCT kind FROM page_change")}
        assert kinds == {"deadline", "stock", "price", "discount"}
        with pytest.raises(asyncpg.CheckViolationError):
            await record_change(page.id, "target", "1", "2", now, user_id=None)
    finally:
        await migration._forwards()
    await record_change(page.id, "target", "1", "2", now, user_id=None)
