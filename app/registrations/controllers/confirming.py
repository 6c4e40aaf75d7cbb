"""The last step of browsers without scripts: a link in a mail, and a button, for programs follow links too."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.billing.limits import LimitReached
from app.core.errors import Conflict
from app.core.ratelimit import limit
from app.core.rendering import page, redirect
from app.pages.collecting import Collection
from app.registrations.confirming import confirm, pending_page
from app.registrations.controllers.looking import look_of, view_of
from app.registrations.counting import tell_full
from app.registrations.links import read_confirm_token
from app.registrations.tables import WAITING

Request_ = Request[Any, Any, Any]

RATE, ONE_RATE = "60/minute", "12/minute"


class ConfirmingController(Controller):
    path = "/registrations/confirm/{token:str}"

    @get()
    async def ask(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        collection = await pending_page(read_confirm_token(token, now), now)
        return await _show(request, collection, token, now)

    @post(status_code=200)
    async def do(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """303 to the thanks; or why it can't be, meanwhile."""
        await limit(request, "registration-confirmed", RATE)
        pending_id = read_confirm_token(token, now)
        await limit(request, "registration-confirmed-one", ONE_RATE, key=str(pending_id))
        collection = await pending_page(pending_id, now)
        try:
            outcome = await confirm(pending_id, now)
        except Conflict as error:
            return await _show(request, collection, token, now, error)
        except LimitReached as error:
            words = await tell_full(collection.page_id, error)
            return await _show(request, collection, token, now, Conflict(words))
        waits = "?waitlist=1" if outcome.state == WAITING else ""
        return redirect(request, f"/p/{collection.short_id}/registered{waits}")


async def _show(
    request: Request_,
    collection: Collection,
    token: str,
    now: datetime,
    error: Conflict | None = None,
) -> Response[str]:
    view = await view_of(collection.short_id, now)
    return page(
        request,
        "registrations/confirm.html",
        status=error.status if error else 200,
        **look_of(view.page),
        page=view.page,
        token=token,
        problem=error.message if error else "",
    )
