"""After paying: the page that waits for the payment and starts the download, and the same as JSON."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency as Named
from litestar.params import QueryParameter

from app.core.errors import BadRequest, Forbidden, UpstreamFailed
from app.core.glued import clean_path
from app.core.head_requests import is_head
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, limit
from app.core.rendering import fragments, page, redirect
from app.core.settings import get_settings
from app.orders.delivering import Delivery, Standing, deliver, look, well_formed
from app.orders.downloading import nothing_started, object_url
from app.orders.links import download_path, order_path
from app.orders.presenting import OrderView
from app.orders.queries import file_of, look_of_session
from app.storage.contract import ObjectMissing, StoreUnavailable

Request_ = Request[Any, Any, Any]
SessionId = Annotated[str, QueryParameter(name="session_id")]
Attempt = Annotated[int, QueryParameter(name="attempt", ge=0, le=1000)]

# The waiting page looks every one and a half seconds, for half a minute.
LOOKS = 20
SESSION_RATE = "90/minute"
# Many buyers may share one address, but nobody makes us ask Stripe about invented sessions for long.
ADDRESS_RATE = "240/minute"
LINK_RATE = "30/minute"


class DownloadController(Controller):
    """`/download?session_id=…`, where Stripe sends the buyer back to."""

    @get("/download")
    async def show(
        self,
        request: Request_,
        now: Named[datetime],
        session_id: SessionId = "",
        attempt: Attempt = 0,
    ) -> Response[str]:
        """The first look asks only us, so that the page is there at once; the next ones ask Stripe."""
        session_id = await _admit(request, session_id)
        status, context = await _context(request, session_id, attempt, now)
        refresh = context["retry_url"] if context["state"] == "waiting" else None
        context |= {"refresh_url": refresh, **await look_of_session(session_id)}
        return page(request, "orders/download.html", status=status, **context)

    @get("/download/status")
    async def status(
        self,
        request: Request_,
        now: Named[datetime],
        session_id: SessionId = "",
        attempt: Attempt = 1,
    ) -> Response[str]:
        """The same as a fragment, which looks again by itself while it waits."""
        session_id = await _admit(request, session_id)
        status, context = await _context(request, session_id, max(1, attempt), now)
        return fragments(request, ("orders/_delivery.html", context), status=status)

    @get("/download/start")
    async def start(
        self, request: Request_, now: Named[datetime], session_id: SessionId = ""
    ) -> Response[str]:
        """Send the browser to the one file; the page stays, for it comes as an attachment."""
        session_id = await _admit(request, session_id)
        order = _paid_order(await look(session_id))
        if len(order.files) != 1:
            raise Forbidden
        return redirect(
            request, download_path(order.id, order.files[0].id, client_address(request), now)
        )

    @get("/api/download-link")
    async def link(
        self, request: Request_, now: Named[datetime], session_id: SessionId = ""
    ) -> Response[Any]:
        """200 `{"url", "files": [{"name", "size", "url"}]}`: links of ten minutes, `url` being the first file's."""
        await limit(request, "download-link", LINK_RATE)
        session_id = await _admit(request, session_id)
        head = is_head()
        order = _paid_order(await (look(session_id) if head else deliver(session_id, now)))
        await _ensure_stored(order)
        base, address = get_settings().base_url.rstrip("/"), client_address(request)
        files = [
            {
                "name": file.name,
                "size": file.size,
                "url": base + download_path(order.id, file.id, address, now),
            }
            for file in order.files
        ]
        url = files[0]["url"] if files else base + order_path(order.id, now)
        return Response({"url": url, "files": files}, headers={"Cache-Control": "no-store"})


async def _admit(request: Request_, session_id: str) -> str:
    """Count the request, and return the session's id without the punctuation that was glued to it."""
    await limit(request, "download-page", ADDRESS_RATE)
    session_id = clean_path(session_id)
    _require_well_formed(session_id)
    await limit(request, "download-session", SESSION_RATE, key=session_id)
    return session_id


def _require_well_formed(session_id: str) -> None:
    if not well_formed(session_id):
        raise BadRequest(_("The address of this page is incomplete: it names no purchase."))


def _paid_order(delivery: Delivery) -> OrderView:
    if delivery.standing != Standing.READY or delivery.order is None:
        raise Forbidden(delivery.reason)
    return delivery.order


async def _ensure_stored(order: OrderView) -> None:
    if not order.files:
        return
    file = await file_of(order, order.files[0].id)
    try:
        if file is not None:
            await object_url(file)
    except ObjectMissing as error:
        raise StoreUnavailable from error


async def _context(
    request: Request_, session_id: str, attempt: int, now: datetime
) -> tuple[int, dict[str, Any]]:
    """Return the status and what `_delivery.html` shows for look number `attempt`, 0 being the first."""
    url = f"/download?{urlencode({'session_id': session_id, 'attempt': attempt + 1})}"
    poll = f"/download/status?{urlencode({'session_id': session_id, 'attempt': attempt + 1})}"
    context: dict[str, Any] = {"retry_url": url, "poll_url": poll}
    try:
        asks = attempt and not is_head()
        delivery = await (deliver(session_id, now) if asks else look(session_id))
    except UpstreamFailed as error:
        if attempt < LOOKS:
            return 200, {**context, "state": "waiting"}
        return error.status, _failed(
            context, _("The payment service does not answer"), error.message
        )
    if delivery.order:
        current_language.set(delivery.order.locale)
    if delivery.standing == Standing.READY and delivery.order:
        return 200, {**context, **await _ready(delivery.order, session_id, now)}
    if delivery.standing == Standing.SUBMITTED:
        return 200, {**context, "state": "submitted", "message": delivery.reason}
    if delivery.standing == Standing.WAITING or not attempt:
        # What looks unknown or unpaid at first may be a purchase whose news is still on the way.
        return 200, {**context, "state": "waiting" if attempt < LOOKS else "slow"}
    again = delivery.standing != Standing.ENDED
    title = _("There is nothing to download")
    return 403, _failed(context, title, delivery.reason, again=again)


def _failed(
    context: dict[str, Any], title: str, message: str, *, again: bool = True
) -> dict[str, Any]:
    retry = context["retry_url"].rpartition("&attempt=")[0] + "&attempt=1"
    return {
        **context,
        "state": "failed",
        "title": title,
        "message": message,
        "retry_url": retry if again else None,
    }


async def _ready(order: OrderView, session_id: str, now: datetime) -> dict[str, Any]:
    alone = len(order.files) == 1 and await nothing_started(order.id)
    start = f"/download/start?{urlencode({'session_id': session_id})}" if alone else None
    return {
        "state": "ready",
        "order": order,
        "order_path": order_path(order.id, now),
        "start_url": start,
    }
