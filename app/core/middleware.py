"""What stands around every request: an id, a log line, figures, security headers, and the refusal of forged forms."""

import secrets
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import structlog
from litestar.datastructures import Headers
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram
from structlog.contextvars import bind_contextvars, clear_contextvars

from app.core.i18n import DEFAULT_LANGUAGE, current_language
from app.core.patience import bounded, patient
from app.core.settings import get_settings

log = structlog.get_logger()

RawHeaders = list[tuple[bytes, bytes]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Stripe is no browser: its requests carry their own signature.
CSRF_EXEMPT = ("/webhooks/",)

REQUESTS = Counter("mayfly_requests_total", "Requests answered", ["method", "status"])
SECONDS = Histogram("mayfly_request_seconds", "Time to the response's first byte", ["method"])


# Nothing here asks for these, so a script that got in could not either.
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


def content_security_policy() -> str:
    """Return the policy of every page: own scripts and styles only, nothing inline, files go straight to the store."""
    store = get_settings().s3_browser_endpoint
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self' data: {store}; connect-src 'self' {store}; frame-src 'self'; form-action 'self' {_pay_origin()}; "
        "base-uri 'none'; frame-ancestors 'self'; manifest-src 'self'"
    )


def _pay_origin() -> str:
    # A form's answer may redirect to a hosted page of Stripe's; browsers hold redirects to form-action too.
    base = get_settings().stripe_api_base
    return base or "https://checkout.stripe.com https://billing.stripe.com"


def security_headers() -> RawHeaders:
    """Return the headers that every answer gets unless it has its own, with names in lower case."""
    headers = [
        ("Content-Security-Policy", content_security_policy()),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Permissions-Policy", PERMISSIONS),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    if get_settings().secure:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    return [(name.lower().encode(), value.encode()) for name, value in headers]


def count(method: str, status: int, seconds: float) -> None:
    """Let the figures know of an answered request."""
    answered, timing = _figures(method, status)
    answered.inc()
    timing.observe(seconds)


@lru_cache(maxsize=256)
def _figures(method: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, str(status)), SECONDS.labels(method)


# Scripts and styles are no documents: a policy has nothing to hold there, and would be most of a small file's bytes.
NO_DOCUMENTS = (b"text/css", b"text/javascript", b"application/javascript")
ALWAYS_SENT = (b"x-content-type-options", b"strict-transport-security")


def logged_path(scope: Any) -> str:
    """Return a request's path as logs may show it: without signed links, and only the beginning of what no route knows."""
    template: str | None = scope.get("path_template")
    if template is None:
        return "/" + scope["path"].strip("/").partition("/")[0]
    for name, value in scope["path_params"].items():
        if name != "token":
            template = template.replace(f"{{{name}}}", str(value))
    return template


class RequestMiddleware:
    """Gives each request an id, logs it once answered, counts it, and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers()
        self.few_headers = [header for header in self.headers if header[0] in ALWAYS_SENT]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope["state"]["request_id"] = request_id
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        current_language.set(DEFAULT_LANGUAGE)
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message["headers"], request_id)
                self._note(scope, message["status"], time.perf_counter() - started)
            await send(message)

        if scope["method"] not in SAFE_METHODS:
            receive = bounded(patient(receive), scope)
        await self.app(scope, receive, send_with_headers)

    def _completed(self, own: Iterable[tuple[bytes, bytes]], request_id: str) -> RawHeaders:
        headers = list(own)
        present = {name.lower(): value for name, value in headers}
        document = not present.get(b"content-type", b"").startswith(NO_DOCUMENTS)
        wanted = self.headers if document else self.few_headers
        headers += [header for header in wanted if header[0] not in present]
        headers.append((b"x-request-id", request_id.encode()))
        return headers

    def _note(self, scope: Any, status: int, seconds: float) -> None:
        count(scope["method"], status, seconds)
        if status >= 500 or get_settings().log_level == "DEBUG":
            log.info(
                "request",
                method=scope["method"],
                path=logged_path(scope),
                status=status,
                ms=round(seconds * 1000, 1),
            )


class CrossOriginMiddleware:
    """Refuses unsafe requests that another site's page caused.

    Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`), so no token is needed and public pages can be
    the same bytes for everyone. A request with cookies that says neither is refused too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.own = {_origin(get_settings().base_url)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            headers = Headers.from_scope(scope)
            exempt = scope["path"].startswith(CSRF_EXEMPT)
            if not exempt and not self._same_origin(headers):
                await self._refuse(send)
                return
        await self.app(scope, receive, send)

    def _same_origin(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        if origin is not None:
            return origin in self.own
        return "cookie" not in headers

    async def _refuse(self, send: Send) -> None:
        body = b"This form was sent from another site, so it was refused.\n"
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
