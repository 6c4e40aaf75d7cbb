"""Piccolo's registration of registrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="registrations",
    migrations_folder_path=str(
        Path(__file__).parent.parent.parent / "migrations" / "registrations"
    ),
    table_classes=table_finder(["app.registrations.tables"], exclude_imported=True),
    migration_dependencies=["app.stock.piccolo_app", "app.pages.piccolo_app"],
)
