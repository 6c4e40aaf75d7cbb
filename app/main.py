"""The one file that imports every module: routes, job handlers, and what flows from a lower module to a higher one."""

import importlib
import importlib.util
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import sentry_sdk
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from app.auth.middleware import ViewerMiddleware
from app.auth.viewing import LoginRequired, provide_viewer, to_login
from app.core import assets, db, failing, health, partitions
from app.core.clock import utc_now
from app.core.errors import MayflyError
from app.core.jobs import registry
from app.core.live import bus
from app.core.logging import configure_logging
from app.core.middleware import CrossOriginMiddleware, RequestMiddleware
from app.core.settings import get_settings, unsafe_settings
from app.orders.personal import personal_part
from app.pages.controllers import set_personal_part

MAXIMUM_BODY_BYTES = 1024 * 1024

MODULES = (
    "auth",
    "notifications",
    "payments",
    "storage",
    "products",
    "stock",
    "pages",
    "orders",
    "operations",
    "home",
)


def provide_now() -> datetime:
    """The edge where a request reads the clock."""
    return utc_now()


@asynccontextmanager
async def _lifespan(_app: Litestar) -> AsyncGenerator[None, None]:
    await db.open_pool()
    await bus.start()
    try:
        yield
    finally:
        await bus.stop()
        await db.close_pool()


def _optional(name: str) -> Any:
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def register_handlers() -> None:
    """Register every module's jobs, and the handlers of events that lower modules record for higher ones."""
    registry.add("core.partitions", partitions.keep_partitions)
    for module in MODULES:
        if importlib.util.find_spec(f"app.{module}"):
            _optional(f"app.{module}.jobs")


def _controllers() -> list[ControllerRouterHandler]:
    found: list[ControllerRouterHandler] = []
    for module in MODULES:
        if importlib.util.find_spec(f"app.{module}") and (
            loaded := _optional(f"app.{module}.controllers")
        ):
            found += getattr(loaded, "controllers", [])
    return found


def create_app() -> Litestar:
    """Build the web application from the process's settings. Raises RuntimeError when they are unsafe."""
    settings = get_settings()
    if problems := unsafe_settings(settings):
        raise RuntimeError("Unsafe settings: " + " ".join(problems))
    configure_logging(settings)
    if settings.sentry_dsn:
        sentry_sdk.init(
            settings.sentry_dsn, environment=settings.environment, send_default_pii=False
        )
    register_handlers()
    set_personal_part(personal_part)
    web = Litestar(
        route_handlers=[
            assets.serve_asset,
            assets.favicon,
            health.healthz,
            health.readyz,
            health.metrics,
            *_controllers(),
        ],
        dependencies={
            "now": Provide(provide_now, sync_to_thread=False),
            "viewer": Provide(provide_viewer),
        },
        middleware=[ViewerMiddleware],
        exception_handlers={
            LoginRequired: to_login,
            MayflyError: failing.expected,
            HTTPException: failing.from_framework,
            Exception: failing.unexpected,
        },
        lifespan=[_lifespan],
        request_max_body_size=MAXIMUM_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    # Around the router, not in it: what no route answers is logged, guarded and refused alike.
    web.asgi_handler = RequestMiddleware(CrossOriginMiddleware(web.asgi_handler))
    return web
