"""Piccolo's registration of analytics."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

from app.analytics.tables import PARTITIONED

APP_CONFIG = AppConfig(
    app_name="analytics",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "analytics"),
    table_classes=table_finder(
        ["app.analytics.tables"], exclude_tags=[PARTITIONED], exclude_imported=True
    ),
    migration_dependencies=["app.pages.piccolo_app"],
)
