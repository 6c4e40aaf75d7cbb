"""Storage's tables and migrations, as Piccolo finds them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

ROOT = Path(__file__).parent.parent.parent

APP_CONFIG = AppConfig(
    app_name="storage",
    migrations_folder_path=ROOT / "migrations" / "storage",
    table_classes=table_finder(["app.storage.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app"],
)
