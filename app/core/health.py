"""What operators and their machines ask: is it alive, is it ready, how is it doing."""

import hmac
from typing import Any

import asyncpg
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.core import db
from app.core.live import bus
from app.core.settings import get_settings


@get("/healthz", media_type="text/plain", sync_to_thread=False)
def healthz() -> str:
    """The process runs."""
    return "ok\n"


@get("/readyz")
async def readyz() -> Response[dict[str, bool]]:
    """The process can serve: the database answers and changes are heard."""
    try:
        database = await db.fetch_value("SELECT true") is True
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        database = False
    checks = {"database": database, "live": bus.connected}
    return Response(checks, status_code=200 if all(checks.values()) else 503)


@get("/metrics", sync_to_thread=False)
def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Prometheus figures; behind a bearer token where one is set, and always in production."""
    settings = get_settings()
    token = settings.metrics_token
    if not token and settings.environment == "production":
        raise NotFoundException
    # As bytes: compare_digest raises for text that is not ASCII.
    given = request.headers.get("authorization", "").encode()
    if token and not hmac.compare_digest(given, f"Bearer {token}".encode()):
        raise NotFoundException
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
