"""The tables of billing, as Piccolo sees them; constraints and the plans follow in the next migration."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.core.ids import new_id

ID = "billing-2026-11-21T01:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "Plans, subscriptions and customers"

Columns = list[tuple[str, type[Column], dict[str, Any]]]


class Organization(Table, tablename="organization"):
    id = UUID(primary_key=True, default=new_id)


class Plan(Table, tablename="plan"):
    id = UUID(primary_key=True, default=new_id)


def _key() -> tuple[str, type[Column], dict[str, Any]]:
    return "id", UUID, {"primary_key": True, "default": new_id}


def _time(name: str, *, null: bool = True) -> tuple[str, type[Column], dict[str, Any]]:
    return name, Timestamptz, {"default": None, "null": null}


def _text(
    name: str, length: int, *, null: bool = False, unique: bool = False, default: Any = ""
) -> tuple[str, type[Column], dict[str, Any]]:
    given = {"length": length, "null": null, "unique": unique, "default": None if null else default}
    return name, Varchar, given


def _to(
    name: str, table: type[Table], *, index: bool = True, primary_key: bool = False
) -> tuple[str, type[Column], dict[str, Any]]:
    given = {"references": table, "null": False, "on_delete": OnDelete.restrict, "index": index}
    return name, ForeignKey, {**given, "primary_key": primary_key}


PLAN: Columns = [
    _key(),
    _text("key", 40, unique=True),
    _text("name", 80),
    ("position", Integer, {"default": 0, "null": False}),
    ("amount", BigInt, {"default": None, "null": True}),
    _text("currency", 3, default="EUR"),
    _text("interval", 5, default="month"),
    ("visible", Boolean, {"default": True, "null": False}),
    ("features", JSONB, {"default": "{}", "null": False}),
]
SUBSCRIPTION: Columns = [
    _key(),
    _to("organization_id", Organization),
    _to("plan_id", Plan),
    _text("source", 6, default="stripe"),
    _text("status", 20, default="incomplete"),
    ("amount", BigInt, {"default": None, "null": True}),
    _text("currency", 3, default="EUR"),
    ("attempt", Integer, {"default": 1, "null": False}),
    _text("checkout_id", 255, null=True),
    _text("checkout_url", 2000, null=True),
    _text("stripe_id", 255, null=True, unique=True),
    _text("item_id", 255, null=True),
    _time("period_end"),
    _time("cancel_at"),
    _time("owing_since"),
    _time("grace_until"),
    ("assigned_by", UUID, {"default": None, "null": True}),
    ("version", BigInt, {"default": 0, "null": False}),
    _time("created_at", null=False),
    _time("updated_at", null=False),
    _time("checked_at"),
    _time("ended_at"),
    _text("ended_cause", 10, null=True),
]
CUSTOMER: Columns = [
    _to("organization_id", Organization, index=False, primary_key=True),
    _text("stripe_id", 255, unique=True),
    _time("created_at", null=False),
]
TABLES = {
    ("Plan", "plan"): PLAN,
    ("Subscription", "subscription"): SUBSCRIPTION,
    ("Customer", "billing_customer"): CUSTOMER,
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="billing", description=DESCRIPTION)
    for (class_name, table), columns in TABLES.items():
        manager.add_table(class_name, tablename=table)
        for name, column, params in columns:
            manager.add_column(
                table_class_name=class_name,
                tablename=table,
                column_name=name,
                column_class_name=column.__name__,
                column_class=column,
                params=params,
            )
    return manager
