"""Piccolo's description of this module: its tables and its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

from app.auth.tables import PARTITIONED

APP_CONFIG = AppConfig(
    app_name="auth",
    migrations_folder_path=str(Path(__file__).parents[2] / "migrations" / "auth"),
    table_classes=table_finder(
        ["app.auth.tables"], exclude_tags=[PARTITIONED], exclude_imported=True
    ),
    migration_dependencies=[],
)
