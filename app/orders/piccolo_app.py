"""Piccolo's registration of orders."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

from app.orders.tables import PARTITIONED

APP_CONFIG = AppConfig(
    app_name="orders",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "orders"),
    table_classes=table_finder(
        ["app.orders.tables"], exclude_tags=[PARTITIONED], exclude_imported=True
    ),
    migration_dependencies=[
        "app.products.piccolo_app",
        "app.stock.piccolo_app",
        "app.pages.piccolo_app",
    ],
)
