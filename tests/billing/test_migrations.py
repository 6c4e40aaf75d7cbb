"""What plans changed in the tables goes both ways, with rows in them; the tables are as the code declares."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from app.billing import tables
from app.core import db
from app.registrations.tables import RegistrationCount
from tests.factories.deliveries import make_sold
from tests.factories.registrations import make_registration
from tests.factories.types import make_event

ROOT = Path(__file__).parents[2] / "migrations"
BOTH_WAYS = (
    "billing/billing_2026_11_21_03",
    "billing/billing_2026_11_21_02",
    "orders/orders_2026_11_21_61",
    "pages/pages_2026_11_21_61",
    "pages/pages_2026_11_21_64",
    "products/products_2026_11_21_61",
    "registrations/registrations_2026_11_21_61",
    "storage/storage_2026_11_21_61",
)


def _meta(declared: Any) -> Any:
    return declared._meta  # where Piccolo keeps what was declared


def load(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), ROOT / f"{path}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", BOTH_WAYS)
async def test_both_ways(owner: Any, now: Any, path: str) -> None:
    await make_sold(owner.viewer, now)
    event = await make_event(owner.viewer, now=now)
    await make_registration(event, now)
    plans = await db.fetch("SELECT * FROM plan ORDER BY position")
    migration = load(path)
    await migration._backwards()
    await migration._forwards()
    assert await db.fetch("SELECT * FROM plan ORDER BY position") == plans
    assert await db.fetch_value("SELECT standing FROM registration_count") == 1


@pytest.mark.parametrize(
    "table", [tables.Plan, tables.Subscription, tables.Customer, tables.Overrun, RegistrationCount]
)
async def test_the_database_declares_what_the_tables_say(app: Any, table: Any) -> None:
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
