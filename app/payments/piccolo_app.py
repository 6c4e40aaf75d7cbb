"""Piccolo's registration of payments."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="payments",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "payments"),
    table_classes=table_finder(["app.payments.tables"], exclude_imported=True),
    migration_dependencies=[],
)
