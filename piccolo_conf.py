"""Piccolo's engine and the registry of its apps; nothing else."""

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

from app.core.settings import get_settings

_settings = get_settings()

DB = PostgresEngine(
    config={"dsn": _settings.database_url},
    extensions=(),
    extra_nodes={
        "replica": PostgresEngine(config={"dsn": _settings.read_replica_url}, extensions=())
    }
    if _settings.read_replica_url
    else {},
)

APP_REGISTRY = AppRegistry(
    apps=[
        "app.auth.piccolo_app",
        "app.payments.piccolo_app",
        "app.storage.piccolo_app",
        "app.products.piccolo_app",
        "app.stock.piccolo_app",
        "app.pages.piccolo_app",
        "app.orders.piccolo_app",
        "app.notifications.piccolo_app",
    ]
)
