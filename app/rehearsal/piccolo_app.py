"""Piccolo's registration of rehearsals."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="rehearsal",
    migrations_folder_path=str(Path(__file__).parent.parent.parent / "migrations" / "rehearsal"),
    table_classes=table_finder(["app.rehearsal.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app", "app.pages.piccolo_app"],
)
