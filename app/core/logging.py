"""Structured logs without secrets."""

import logging
import sys
from typing import Any

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
