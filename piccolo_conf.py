"""Piccolo's engine and the registry of its apps; nothing else."""

from piccolo.conf.apps import AppRegistry

from app.core.engine import DB

__all__ = ["APP_REGISTRY", "DB"]

APP_REGISTRY = AppRegistry(
    apps=[
        "app.flags.piccolo_app",
        "app.receipts.piccolo_app",
        "app.auth.piccolo_app",
        "app.notices.piccolo_app",
        "app.payments.piccolo_app",
        "app.billing.piccolo_app",
        "app.storage.piccolo_app",
        "app.products.piccolo_app",
        "app.stock.piccolo_app",
        "app.pages.piccolo_app",
        "app.orders.piccolo_app",
        "app.registrations.piccolo_app",
        "app.analytics.piccolo_app",
        "app.notifications.piccolo_app",
        "app.teams.piccolo_app",
        "app.privacy.piccolo_app",
        "app.staff.piccolo_app",
        "app.operations.piccolo_app",
        "app.rehearsal.piccolo_app",
    ]
)
