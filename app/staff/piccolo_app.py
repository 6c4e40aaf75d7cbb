"""Piccolo's registration of the staff area."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="staff",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "staff"),
    table_classes=table_finder(["app.staff.tables"], exclude_imported=True),
    migration_dependencies=[],
)
