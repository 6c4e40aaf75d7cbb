"""Piccolo's registration of notices."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="notices",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "notices"),
    table_classes=table_finder(["app.notices.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app"],
)
