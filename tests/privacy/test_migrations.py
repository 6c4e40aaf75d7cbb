"""Every migration that privacy brought goes back and forth again, with rows in the tables."""

import runpy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.core import db
from app.receipts.giving import REGISTRATION, give_receipt
from tests.factories.deliveries import make_sold
from tests.factories.types import make_event

FOLDER = Path(__file__).parents[2] / "migrations"
FILES = (
    "privacy/privacy_2026_12_01_70",
    "privacy/privacy_2026_11_21_72",
    "privacy/privacy_2026_11_21_71",
    "receipts/receipts_2026_11_21_71",
    "notifications/notifications_2026_11_21_71",
    "orders/orders_2026_11_21_71",
    "pages/pages_2026_11_21_71",
)
# Later ones that change what an earlier one made: they go back before it.
LATER = {"privacy/privacy_2026_11_21_71": ("privacy/privacy_2026_12_01_70",)}
_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY 1, 2
"""


async def columns() -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in await db.fetch(_COLUMNS)]


@pytest.mark.parametrize("file", FILES)
async def test_it_goes_both_ways(owner: Any, now: datetime, file: str) -> None:
    await make_event(owner.viewer, now=now, erase_after_days=3)
    await make_sold(owner.viewer, now, stored=False)
    await give_receipt(REGISTRATION, "x@example.com", now)
    before = await columns()
    chain = [runpy.run_path(str(FOLDER / f"{each}.py")) for each in (*LATER.get(file, ()), file)]
    for migration in chain:
        await migration["_backwards"]()
    assert await columns() != before
    for migration in reversed(chain):
        await migration["_forwards"]()
    assert await columns() == before
