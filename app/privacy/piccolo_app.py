"""Piccolo's registration of privacy."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="privacy",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "privacy"),
    table_classes=table_finder(["app.privacy.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app"],
)
