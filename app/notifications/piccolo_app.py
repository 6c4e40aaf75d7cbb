"""Piccolo's description of this module: its table and its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="notifications",
    migrations_folder_path=str(Path(__file__).parents[2] / "migrations" / "notifications"),
    table_classes=table_finder(["app.notifications.tables"], exclude_imported=True),
    migration_dependencies=[],
)
