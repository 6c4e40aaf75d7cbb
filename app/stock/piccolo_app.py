"""Piccolo's registration of stock."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="stock",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "stock"),
    table_classes=table_finder(["app.stock.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app"],
)
