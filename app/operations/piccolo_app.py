"""Piccolo's registration of operations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="operations",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "operations"),
    table_classes=table_finder(["app.operations.tables"], exclude_imported=True),
    migration_dependencies=[],
)
