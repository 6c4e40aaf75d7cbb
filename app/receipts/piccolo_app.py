"""Piccolo's registration of receipts."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="receipts",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "receipts"),
    table_classes=table_finder(["app.receipts.tables"], exclude_imported=True),
    migration_dependencies=[],
)
