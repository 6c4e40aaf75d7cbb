"""Piccolo's registration of flags."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="flags",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "flags"),
    table_classes=table_finder(["app.flags.tables"], exclude_imported=True),
    migration_dependencies=[],
)
