"""Piccolo's registration of billing."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="billing",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "billing"),
    table_classes=table_finder(["app.billing.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app"],
)
