"""Piccolo's registration of pages."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="pages",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "pages"),
    table_classes=table_finder(["app.pages.tables"], exclude_imported=True),
    migration_dependencies=[
        "app.auth.piccolo_app",
        "app.products.piccolo_app",
        "app.stock.piccolo_app",
    ],
)
