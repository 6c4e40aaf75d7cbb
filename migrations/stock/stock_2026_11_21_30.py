"""Discount codes and the pages they are for. The previous version does not know them."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.table import Table

from app.core.ids import new_id

ID = "stock_2026_11_21_30"
VERSION = "1.38.0"
DESCRIPTION = "Discount codes"


class Organization(Table, tablename="organization", schema=None):
    id = UUID(primary_key=True, default=new_id)


class Group(Table, tablename="group", schema=None):
    id = UUID(primary_key=True, default=new_id)


class User(Table, tablename="user", schema=None):
    id = UUID(primary_key=True, default=new_id)


class Stock(Table, tablename="stock", schema=None):
    id = UUID(primary_key=True, default=new_id)


class DiscountCode(Table, tablename="discount_code", schema=None):
    id = UUID(primary_key=True, default=new_id)


def _reference(table: type[Table], on_delete: OnDelete, **params: Any) -> dict[str, Any]:
    return {
        "references": table,
        "on_delete": on_delete,
        "on_update": OnUpdate.cascade,
        "target_column": None,
        "null": False,
        "default": None,
        "index": False,
        **params,
    }


KEY = ("id", UUID, {"primary_key": True, "default": new_id})
NOTHING: dict[str, Any] = {"null": True, "default": None}
TIME: dict[str, Any] = {"null": False, "default": None}


def _flag(default: bool) -> dict[str, Any]:
    return {"null": False, "default": default}


Columns = list[tuple[str, type[Column], dict[str, Any]]]
TABLES: dict[tuple[str, str], Columns] = {
    ("DiscountCode", "discount_code"): [
        KEY,
        ("organization_id", ForeignKey, _reference(Organization, OnDelete.restrict, index=True)),
        ("group_id", ForeignKey, _reference(Group, OnDelete.restrict)),
        ("created_by", ForeignKey, _reference(User, OnDelete.set_null, null=True, index=True)),
        ("updated_by", ForeignKey, _reference(User, OnDelete.set_null, null=True, index=True)),
        ("code", Varchar, {"length": 40, "null": False, "default": ""}),
        ("percent", SmallInt, NOTHING),
        ("amount", BigInt, NOTHING),
        ("currency", Varchar, {"length": 3, "null": False, "default": ""}),
        ("valid_from", Timestamptz, NOTHING),
        ("valid_until", Timestamptz, NOTHING),
        ("zone", Varchar, {"length": 64, "null": False, "default": "UTC"}),
        ("stock_id", ForeignKey, _reference(Stock, OnDelete.restrict)),
        ("per_buyer_limit", Integer, NOTHING),
        ("everywhere", Boolean, _flag(False)),
        ("active", Boolean, _flag(True)),
        ("created_at", Timestamptz, TIME),
        ("updated_at", Timestamptz, TIME),
    ],
    ("DiscountCodePage", "discount_code_page"): [
        KEY,
        ("code_id", ForeignKey, _reference(DiscountCode, OnDelete.cascade)),
        ("page_id", UUID, {"null": False, "index": True}),
    ],
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    for (class_name, tablename), columns in TABLES.items():
        manager.add_table(class_name, tablename=tablename)
        for name, column, params in columns:
            manager.add_column(
                table_class_name=class_name,
                tablename=tablename,
                column_name=name,
                column_class_name=column.__name__,
                column_class=column,
                params=params,
            )
    return manager
