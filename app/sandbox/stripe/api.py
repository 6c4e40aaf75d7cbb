"""`/v1`: routes, keys, idempotency and the outages that switches cause."""

import asyncio
import base64
import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from litestar import Request
from litestar.handlers import asgi
from litestar.types import ASGIApp, Receive, Scope, Send

from app.sandbox.stripe import checkouts, listing, refunding
from app.sandbox.stripe.accounts import Account
from app.sandbox.stripe.billing import checkouts as billing_checkouts
from app.sandbox.stripe.billing.routes import BILLING
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.parameters import decode
from app.sandbox.stripe.shapes import API_VERSION
from app.sandbox.stripe.store import Document, new_id
from app.sandbox.stripe.world import World

Operation = Callable[..., Document]
LONGEST_KEY = 255


def _retrieve(kind: str) -> Operation:
    return lambda context, params, id: _no_params(params) or context.find(kind, id)


def _list(kind: str, url: str) -> Operation:
    return lambda context, params: listing.listed(context, kind, url, params)


def _lines(context: Context, params: Document, id: str) -> Document:
    context.find("checkout.session", id)
    return listing.listed(context, "item", f"/v1/checkout/sessions/{id}/line_items", params, id)


def _expire(context: Context, params: Document, id: str) -> Document:
    return _no_params(params) or checkouts.expire(context, id)


def _create_session(context: Context, params: Document) -> Document:
    subscribes = params.get("mode") == "subscription"
    return (billing_checkouts if subscribes else checkouts).create(context, params)


def _no_params(params: Document) -> None:
    for name in params:
        message = f"Received unknown parameter: {name}"
        raise ApiError(message, code="parameter_unknown", param=name)


READABLE = {
    "checkout.session": "/v1/checkout/sessions",
    "payment_intent": "/v1/payment_intents",
    "charge": "/v1/charges",
    "refund": "/v1/refunds",
    "dispute": "/v1/disputes",
    "event": "/v1/events",
    "customer": "/v1/customers",
    "product": "/v1/products",
    "price": "/v1/prices",
    "subscription": "/v1/subscriptions",
    "invoice": "/v1/invoices",
}
ROUTES: list[tuple[str, str, Operation]] = [
    ("POST", r"/v1/checkout/sessions", _create_session),
    ("POST", r"/v1/checkout/sessions/(\w+)/expire", _expire),
    ("GET", r"/v1/checkout/sessions/(\w+)/line_items", _lines),
    ("POST", r"/v1/refunds", refunding.create),
    *BILLING,
    *(("GET", url, _list(kind, url)) for kind, url in READABLE.items()),
    *(("GET", rf"{url}/(\w+)", _retrieve(kind)) for kind, url in READABLE.items()),
]


def api(world: World) -> ASGIApp:
    """The API as an ASGI application below `/v1`."""

    @asgi("/v1", is_mount=True, copy_scope=True)
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive)
        request_id = new_id("req", 14)
        headers = {"request-id": request_id, "stripe-version": API_VERSION}
        try:
            account = world.accounts.of_key(_key(request))
            await asyncio.sleep(account.slow)
            if account.api == "down":
                raise ApiError("The sandbox plays an outage.", status=503, kind="api_error")
            status, body = await _once(world, account, request, headers)
            if account.api == "close":
                await _hang_up(send)
                return
        except ApiError as error:
            status, body = error.status, json.dumps(error.body, indent=2)
        await _answer(send, status, body, headers)

    return call  # pyright: ignore[reportReturnType] (a route handler is registered, not called)


async def _body(receive: Receive) -> bytes:
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            break
    return body


def _key(request: Request[Any, Any, Any]) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            return base64.b64decode(value).decode(errors="replace").split(":")[0]
    return value.strip()


async def _once(
    world: World, account: Account, request: Request[Any, Any, Any], headers: dict[str, str]
) -> tuple[int, str]:
    """Carry out a request, or answer as the first time when its idempotency key was used before."""
    path = request.scope["raw_path"].decode().split("?")[0].rstrip("/")
    raw = (
        (await _body(request.receive)).decode(errors="replace")
        if request.method == "POST"
        else request.url.query
    )
    params = decode(raw)
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    context = world.context(account, headers["request-id"], key)
    if not key:
        with world.store.whole():
            return _perform(context, request.method, path, params)
    if len(key) > LONGEST_KEY:
        raise ApiError(f"Idempotency keys have at most {LONGEST_KEY} characters.")
    asked = f"{request.method} {path} {json.dumps(params, sort_keys=True)}"
    headers |= {"idempotency-key": key, "original-request": headers["request-id"]}
    if stored := _stored(world, account, key, asked):
        headers |= {"idempotent-replayed": "true", "original-request": stored["request_id"]}
        return stored["status"], stored["body"]
    # Work and answer together: a key that was used never does the work again, not even after a crash.
    with world.store.whole():
        status, body = _perform(context, request.method, path, params)
        world.store.db.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)",
            (account.name, key, asked, headers["request-id"], status, body),
        )
    return status, body


def _stored(world: World, account: Account, key: str, asked: str) -> Any:
    query = "SELECT * FROM answers WHERE account = ? AND key = ?"
    found = world.store.db.execute(query, (account.name, key)).fetchone()
    if found and found["request"] != asked:
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were first used "
            f"with. Try using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    return found


def _perform(context: Context, method: str, path: str, params: Document) -> tuple[int, str]:
    """Raises ApiError, which leaves no trace under the idempotency key, as at Stripe's validation."""
    expansions = params.pop("expand", {})
    paths = list(expansions.values()) if isinstance(expansions, dict) else [expansions]
    for known, pattern, operation in ROUTES:
        if method == known and (found := re.fullmatch(pattern, path)):
            document = operation(context, params, *found.groups())
            return 200, json.dumps(listing.expand(context, document, paths), indent=2)
    message = f"Unrecognized request URL ({method}: {path})."
    raise ApiError(message, status=404)


async def _answer(send: Send, status: int, body: str, headers: dict[str, str]) -> None:
    fields = {"content-type": "application/json"} | headers
    raw = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body.encode(), "more_body": False})


async def _hang_up(send: Send) -> None:
    """Promise a body and send none: the server then drops the connection."""
    headers = [(b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
