"""The waitlist, messages to many, and what an event's registrants were told."""

import uuid
from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Column,
    ForeignKey,
    Integer,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.table import Table

from app.core.ids import new_id

ID = "registrations_2026_11_20_0011"
VERSION = "1.38.0"
DESCRIPTION = "The waitlist and messages to many"


class Page(Table, tablename="page", schema=None):
    id = UUID(primary_key=True, default=new_id)


class Hold(Table, tablename="hold", schema=None):
    id = UUID(primary_key=True, default=new_id)


class Registration(Table, tablename="registration", schema=None):
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


def _number(default: int) -> dict[str, Any]:
    return {"null": False, "default": default}


Columns = list[tuple[str, type[Column], dict[str, Any]]]
TABLES: dict[tuple[str, str], Columns] = {
    ("WaitlistEntry", "waitlist_entry"): [
        KEY,
        ("registration_id", ForeignKey, _reference(Registration, OnDelete.cascade)),
        ("page_id", ForeignKey, _reference(Page, OnDelete.restrict)),
        ("quantity", Integer, _number(1)),
        ("position", BigInt, _number(0)),
        ("state", Varchar, {"length": 10, "null": False, "default": "waiting"}),
        ("offered", Integer, _number(0)),
        ("hold_id", ForeignKey, _reference(Hold, OnDelete.restrict, null=True)),
        ("created_at", Timestamptz, TIME),
        ("offered_at", Timestamptz, NOTHING),
        ("offer_expires_at", Timestamptz, NOTHING),
        ("ended_at", Timestamptz, NOTHING),
    ],
    ("Mailing", "mailing"): [
        KEY,
        ("key", Varchar, {"length": 200, "unique": True}),
        ("page_id", ForeignKey, _reference(Page, OnDelete.cascade, index=True)),
        ("kind", Varchar, {"length": 20, "null": False, "default": ""}),
        ("details", JSONB, {"null": False, "default": "{}"}),
        ("before", Timestamptz, TIME),
        ("after", UUID, {"null": False, "default": uuid.UUID(int=0)}),
        ("queued", Integer, _number(0)),
        ("paced_until", Timestamptz, TIME),
        ("started_at", Timestamptz, TIME),
        ("finished_at", Timestamptz, NOTHING),
    ],
    ("Plan", "told_plan"): [
        ("page_id", ForeignKey, _reference(Page, OnDelete.cascade, primary_key=True)),
        ("facts", JSONB, {"null": False, "default": "{}"}),
    ],
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registrations", description=DESCRIPTION)
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
