"""Piccolo's registration of teams."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="teams",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "teams"),
    table_classes=table_finder(["app.teams.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app"],
)
