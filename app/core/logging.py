"""Structured logs without secrets."""

import logging
import sys
from typing import Any, cast

import structlog
import structlog.tracebacks
from structlog.typing import EventDict

from app.core.settings import Settings

SECRET_WORDS = (
    "password",
    "secret",
    "token",
    "cookie",
    "authorization",
    "signature",
    "api_key",
    "card",
)
HIDDEN = "[hidden]"
# Without the local variables that structlog shows by default: a password would be one of them.
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def hide_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace the value of every key that sounds like a secret."""
    return {
        key: HIDDEN if any(word in key.lower() for word in SECRET_WORDS) else value
        for key, value in event.items()
    }


def configure_logging(settings: Settings) -> None:
    """Set up structlog and the standard library's logging for this process."""
    structured = settings.log_format == "json"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            *([_TRACEBACKS] if structured else []),
            structlog.processors.JSONRenderer()
            if structured
            else structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level]
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=settings.log_level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for noisy in ("httpx", "httpcore", "pgqueuer", "stripe", "urllib3", "aiosmtplib"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def configure_error_reports(settings: Settings) -> None:
    """Send errors of this process to Sentry, when the installation has one: without variables, and without any address."""
    if not settings.sentry_dsn:
        return
    import sentry_sdk  # only who has it takes the time and the memory of its package

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.environment,
        send_default_pii=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=cast(Any, without_addresses),
    )


def without_addresses(event: dict[str, Any], _hint: object) -> dict[str, Any]:
    """Return an error report of which only the method is left of the request: paths, queries and headers hold tokens."""
    request = event.pop("request", None)
    if isinstance(request, dict):
        event["request"] = {"method": cast(dict[str, Any], request).get("method")}
    if str(event.get("transaction", "")).startswith(("/", "http")):
        del event["transaction"]
    return event
