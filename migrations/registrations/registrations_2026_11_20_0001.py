"""Registrations, their history, forms that wait for a confirmation, used puzzles, messages to all."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import (
    JSONB,
    UUID,
    Column,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.table import Table

from app.core.ids import new_id

ID = "registrations_2026_11_20_0001"
VERSION = "1.38.0"
DESCRIPTION = "Registrations, their history, and what leads to them"


class Page(Table, tablename="page", schema=None):
    id = UUID(primary_key=True, default=new_id)


class Registration(Table, tablename="registration", schema=None):
    id = UUID(primary_key=True, default=new_id)


def _reference(table: type[Table], on_delete: OnDelete, *, index: bool = True) -> dict[str, Any]:
    return {
        "references": table,
        "on_delete": on_delete,
        "on_update": OnUpdate.cascade,
        "target_column": None,
        "null": False,
        "default": None,
        "index": index,
    }


KEY = ("id", UUID, {"primary_key": True, "default": new_id})
NOTHING: dict[str, Any] = {"null": True, "default": None}
TIME: dict[str, Any] = {"null": False, "default": None}
OTHER: dict[str, Any] = {"null": False, "default": None}


def _text(length: int, default: str = "") -> dict[str, Any]:
    return {"length": length, "null": False, "default": default}


Columns = list[tuple[str, type[Column], dict[str, Any]]]
TABLES: dict[tuple[str, str], Columns] = {
    ("Registration", "registration"): [
        KEY,
        ("page_id", ForeignKey, _reference(Page, OnDelete.restrict, index=False)),
        ("organization_id", UUID, OTHER),
        ("group_id", UUID, OTHER),
        ("email", Varchar, _text(254)),
        ("phone", Varchar, _text(16)),
        ("name", Varchar, _text(120)),
        ("quantity", Integer, {"null": False, "default": 1}),
        ("answers", JSONB, {"null": False, "default": "{}"}),
        ("state", Varchar, _text(10, "confirmed")),
        ("stock_id", UUID, {**NOTHING, "index": True}),
        ("consent_text", Text, {"null": False, "default": ""}),
        ("consent_at", Timestamptz, NOTHING),
        ("language", Varchar, _text(12, "en")),
        ("source", Varchar, _text(40)),
        ("link_id", UUID, {**NOTHING, "index": True}),
        ("created_at", Timestamptz, TIME),
        ("updated_at", Timestamptz, TIME),
        ("cancelled_at", Timestamptz, NOTHING),
        ("checked_in_at", Timestamptz, NOTHING),
    ],
    ("RegistrationEvent", "registration_event"): [
        KEY,
        ("registration_id", ForeignKey, _reference(Registration, OnDelete.cascade, index=False)),
        ("kind", Varchar, _text(40)),
        ("actor_id", UUID, NOTHING),
        ("details", JSONB, {"null": False, "default": "{}"}),
        ("created_at", Timestamptz, TIME),
    ],
    ("PendingRegistration", "pending_registration"): [
        KEY,
        ("page_id", ForeignKey, _reference(Page, OnDelete.cascade)),
        ("typed", JSONB, {"null": False, "default": "{}"}),
        ("language", Varchar, _text(12, "en")),
        ("created_at", Timestamptz, TIME),
        ("expires_at", Timestamptz, {**TIME, "index": True}),
    ],
    ("CaptchaUse", "captcha_use"): [
        KEY,
        ("attempt", UUID, OTHER),
        ("expires_at", Timestamptz, {**TIME, "index": True}),
    ],
    ("Broadcast", "broadcast"): [
        KEY,
        ("page_id", ForeignKey, _reference(Page, OnDelete.cascade)),
        ("group_id", UUID, OTHER),
        ("user_id", UUID, OTHER),
        ("subject", Varchar, _text(200)),
        ("body", Text, {"null": False, "default": ""}),
        ("states", Varchar, _text(100)),
        ("recipients", Integer, {"null": False, "default": 0}),
        ("created_at", Timestamptz, TIME),
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
