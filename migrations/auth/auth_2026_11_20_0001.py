"""The tables of accounts, as Piccolo sees them; constraints and indexes follow in the next migration."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Column, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.core.ids import new_id

ID = "auth-2026-11-20T22:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "Organizations, groups, users, roles and sessions"

Columns = list[tuple[str, type[Column], dict[str, Any]]]


class Organization(Table, tablename="organization"):
    id = UUID(primary_key=True, default=new_id)


class Group(Table, tablename="group"):
    id = UUID(primary_key=True, default=new_id)


class User(Table, tablename="user"):
    id = UUID(primary_key=True, default=new_id)


class Role(Table, tablename="role"):
    id = UUID(primary_key=True, default=new_id)


def _key() -> tuple[str, type[Column], dict[str, Any]]:
    return "id", UUID, {"primary_key": True, "default": new_id}


def _time(name: str, *, null: bool = False) -> tuple[str, type[Column], dict[str, Any]]:
    return name, Timestamptz, {"default": None, "null": null}


def _to(
    name: str, table: type[Table], on_delete: OnDelete, *, index: bool = True
) -> tuple[str, type[Column], dict[str, Any]]:
    return (
        name,
        ForeignKey,
        {"references": table, "null": False, "on_delete": on_delete, "index": index},
    )


def _tables() -> dict[tuple[str, str], Columns]:
    return {
        ("Organization", "organization"): [
            _key(),
            ("name", Varchar, {"length": 120}),
            _time("created_at"),
        ],
        ("Group", "group"): [
            _key(),
            _to("organization_id", Organization, OnDelete.restrict),
            ("name", Varchar, {"length": 120}),
            _time("created_at"),
        ],
        ("User", "user"): [
            _key(),
            _to("organization_id", Organization, OnDelete.restrict),
            _to("group_id", Group, OnDelete.restrict),
            ("email", Varchar, {"length": 254}),
            ("name", Varchar, {"length": 120}),
            ("password_hash", Text, {}),
            _time("verified_at", null=True),
            _time("created_at"),
            _time("updated_at"),
        ],
        ("Role", "role"): [
            _key(),
            _to("group_id", Group, OnDelete.cascade, index=False),
            ("name", Varchar, {"length": 20}),
        ],
        ("UserRole", "user_role"): [
            _key(),
            _to("user_id", User, OnDelete.cascade, index=False),
            _to("role_id", Role, OnDelete.cascade),
            _time("created_at"),
        ],
        ("Session", "session"): [
            _key(),
            _to("user_id", User, OnDelete.cascade),
            ("generation", Integer, {"default": 1}),
            ("ip", Varchar, {"length": 45, "default": None, "null": True}),
            ("user_agent", Varchar, {"length": 300}),
            _time("created_at"),
            _time("rotated_at"),
            _time("expires_at"),
            _time("ended_at", null=True),
            ("ended_cause", Varchar, {"length": 20, "default": None, "null": True}),
        ],
    }


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="auth", description=DESCRIPTION)
    for (class_name, table), columns in _tables().items():
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
