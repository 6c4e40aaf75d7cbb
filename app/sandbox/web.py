"""What the web pages of the sandbox servers share: rendering, headers, the stylesheet."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, Request, Response, get
from litestar.datastructures import ResponseHeader
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.types import Scope

from app.sandbox.process import HOST

ROOT = Path(__file__).resolve().parents[2]
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
AnyRequest = Request[Any, Any, Any]
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]

_templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_templates.install_null_translations(newstyle=True)  # pyright: ignore[reportAttributeAccessIssue] (added by the extension)


def add_filter(name: str, function: Callable[..., Any]) -> None:
    """Give the sandbox templates one more filter."""
    _templates.filters[name] = function


def page(template: str, status_code: int = 200, **context: object) -> Response[str]:
    """A page from `templates/sandbox/<template>`."""
    html = _templates.get_template(f"sandbox/{template}").render(context)
    return Response(html, status_code=status_code, media_type="text/html")


def see(url: str) -> Response[str]:
    """303: look there for the result of a form. `url` may be on another site."""
    return Response("", status_code=303, headers={"Location": url})


@get("/sandbox.css", sync_to_thread=False)
def stylesheet() -> Response[bytes]:
    """The one stylesheet of all sandbox pages."""
    css = (ROOT / "static" / "sandbox.css").read_bytes()
    return Response(css, media_type="text/css", headers={"Cache-Control": "no-cache"})


@get("/healthz", sync_to_thread=False)
def health() -> Response[str]:
    """Answers once the server runs."""
    return Response("ok", media_type="text/plain")


def refuse_other_sites(request: AnyRequest) -> None:
    """Another web site must not press buttons here through a visitor's browser."""
    if request.method == "POST" and request.headers.get("sec-fetch-site") == "cross-site":
        raise PermissionDeniedException("Cross-site requests are refused.")


def _error_page(_request: AnyRequest, error: HTTPException) -> Response[str]:
    return page("error.html", error.status_code, status=error.status_code, detail=error.detail)


async def _log_crash(error: Exception, scope: Scope) -> None:
    if type(error) not in scope["litestar_app"].exception_handlers and not isinstance(
        error, HTTPException
    ):
        logging.getLogger("uvicorn.error").error("%s %s", scope["path"], "crashed", exc_info=error)


def sandbox_app(
    handlers: Sequence[Any], lifespan: Sequence[Lifespan] = (), **options: Any
) -> Litestar:
    """A Litestar application with the sandbox pages' headers and guards."""
    return Litestar(
        [stylesheet, health, *handlers],
        lifespan=list(lifespan),
        before_request=options.pop("before_request", refuse_other_sites),
        response_headers=[
            ResponseHeader(name="Content-Security-Policy", value=PAGE_POLICY),
            ResponseHeader(name="Referrer-Policy", value="no-referrer"),
            ResponseHeader(name="X-Content-Type-Options", value="nosniff"),
        ],
        exception_handlers={HTTPException: _error_page, **options.pop("more_handlers", {})},
        after_exception=options.pop("after_exception", [_log_crash]),
        openapi_config=None,
        logging_config=None,
        **options,
    )


def serve(app: Litestar, port: int) -> None:
    """Run the application on this machine's own address until it is told to stop."""
    uvicorn.run(
        app,
        host=HOST,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )
