"""Who asks a control for what, and how it is answered: tests in JSON, the dashboard's forms with the dashboard."""

import json
from typing import Any

from litestar import Response

from app.sandbox.stripe.accounts import Account
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.world import World
from app.sandbox.web import AnyRequest, see


async def read_given(request: AnyRequest) -> dict[str, Any]:
    """What a control was sent: a JSON object, or a form."""
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json") and body:
        try:
            found = json.loads(body)
        except ValueError:
            raise ApiError("Invalid JSON.") from None
        if not isinstance(found, dict):
            raise ApiError("A JSON object is expected.")
        return found
    return dict(await request.form())


def account_of(world: World, request: AnyRequest, given: dict[str, Any]) -> Account:
    """The account that a request is about: the one it names, else that of its key."""
    name = given.pop("account", "") or request.query_params.get("account", "")
    if name:
        return world.accounts.of_key(f"sk_test_{name}")
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    return world.accounts.of_key(key or f"sk_test_{world.default_account}")


def answer(request: AnyRequest, account: str, result: Any) -> Response[Any]:
    """The result as JSON; a browser is sent back to the dashboard."""
    if "text/html" in request.headers.get("accept", ""):
        return see(f"/?account={account}")
    return Response(result, status_code=200, media_type="application/json")
