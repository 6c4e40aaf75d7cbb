"""Products' tables and migrations, as Piccolo finds them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

ROOT = Path(__file__).parent.parent.parent

APP_CONFIG = AppConfig(
    app_name="products",
    migrations_folder_path=ROOT / "migrations" / "products",
    table_classes=table_finder(["app.products.tables"], exclude_imported=True),
    migration_dependencies=["app.auth.piccolo_app"],
)
