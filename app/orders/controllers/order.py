"""The buyer's order by its lasting link, download links, and the way back for who lost them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.core.addresses import MailAddress
from app.core.errors import BadSignature, ExpiredLink, Forbidden, NotFound, TooManyRequests
from app.core.forms import Form, FormModel, read_form
from app.core.head_requests import is_head
from app.core.i18n import current_language
from app.core.ids import parse_id
from app.core.ratelimit import client_address, limit
from app.core.rendering import page, redirect
from app.orders import emails
from app.orders.downloading import (
    TRIES_PER_FILE,
    Download,
    Outcome,
    Visitor,
    foresee_link,
    open_link,
    record,
    refused_by_state,
)
from app.orders.links import (
    DownloadClaim,
    download_path,
    read_download_token,
    read_order_token,
)
from app.orders.presenting import OrderView
from app.orders.queries import order_of
from app.orders.refusing import mailed, outlived, refusal_of

Request_ = Request[Any, Any, Any]

# Requests within a minute. They grow with an order's files, so that all of them can be fetched in one go.
ADDRESS_RATE = 60
ORDER_RATE = 20
MAIL_RATE = "3/hour"
RECOVER_RATE = "10/hour"


class RecoverForm(FormModel):
    email: MailAddress


class OrderController(Controller):
    """`/orders/<token>`: whoever holds the link is the buyer."""

    @get("/orders/recover")
    async def lost(self, request: Request_) -> Response[str]:
        return page(request, "orders/recover.html", form=Form[RecoverForm](), sent=False)

    @post("/orders/recover", status_code=200)
    async def recover(self, request: Request_, now: Named[datetime]) -> Response[str]:
        """Mail the links of an address's orders. The answer is the same whether there are any."""
        await limit(request, "order-recover", RECOVER_RATE)
        form = await read_form(request, RecoverForm)
        if form.data is None:
            return page(request, "orders/recover.html", status=422, form=form, sent=False)
        try:
            await limit(request, "order-recover-mail", MAIL_RATE, key=form.data.email.lower())
        except TooManyRequests:
            return page(request, "orders/recover.html", form=form, sent=True)
        await emails.send_recovery(form.data.email, now)
        return page(request, "orders/recover.html", form=form, sent=True)

    @get("/orders/{token:str}")
    async def show(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        try:
            order = await _admit(request, token, now)
        except ExpiredLink:
            return page(request, "orders/refused.html", **outlived())
        return page(
            request,
            "orders/show.html",
            order=order,
            order_path=f"/orders/{token}",
            page_theme_href=order.page_theme_href,
            own_branding=order.own_branding,
        )

    @get("/orders/{token:str}/files/{file_id:str}")
    async def file(
        self, request: Request_, now: Named[datetime], token: FromPath[str], file_id: FromPath[str]
    ) -> Response[str]:
        """Mint a download link for whoever clicks, where they click, and send them there."""
        order = await _admit(request, token, now)
        file = order.file(parse_id(file_id) or UUID(int=0))
        if file is None:
            raise NotFound
        return redirect(request, download_path(order.id, file.id, client_address(request), now))


class LinkController(Controller):
    """`/d/<token>`: ten minutes, one network, one file."""

    @get("/d/{token:str}")
    async def open(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        claim = await _claim(request, token, now)
        download = await _open(request, claim, now)
        if download.outcome == Outcome.STARTED:
            response: Response[str] = redirect(request, download.url)
            response.headers["Cache-Control"] = "no-store"
            return response
        return _refuse(request, token, download.outcome)

    @post("/d/{token:str}/confirmation", status_code=200)
    async def confirm(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """Mail a fresh link to the order's own address, which is not told to who asks."""
        claim = await _claim(request, token, now)
        await limit(request, "download", _rate(ADDRESS_RATE))
        await limit(request, "download-confirm", MAIL_RATE, key=str(claim.order_id))
        order = await _order(claim.order_id)
        if refused_by_state(order.state) is not None:
            raise Forbidden(order.explanation)
        await emails.send_confirmation(order, now)
        return page(request, "orders/refused.html", **mailed())


def _rate(least: int, order: OrderView | None = None) -> str:
    files = len(order.files) if order else 0
    return f"{max(least, TRIES_PER_FILE * files)}/minute"


async def _claim(request: Request_, token: str, now: datetime) -> DownloadClaim:
    """Read a download link. Guesses count for the address, good links for their order. Raises BadSignature."""
    try:
        return read_download_token(token, now)
    except BadSignature:
        await limit(request, "download-guess", _rate(ADDRESS_RATE))
        raise


async def _admit(request: Request_, token: str, now: datetime) -> OrderView:
    """Return the order of a lasting link, and count the look at it. Raises as `read_order_token`, and NotFound."""
    try:
        order_id = read_order_token(token, now)
    except (BadSignature, ExpiredLink):
        await limit(request, "order-guess", _rate(ADDRESS_RATE))
        raise
    order = await order_of(order_id)
    await limit(request, "order-page", _rate(ADDRESS_RATE, order))
    await limit(request, "order-page-order", _rate(ADDRESS_RATE, order), key=str(order_id))
    return await _order(order_id, order)


async def _order(order_id: UUID, known: OrderView | None = None) -> OrderView:
    order = known or await order_of(order_id)
    if order is None:
        raise NotFound
    current_language.set(order.locale)
    return order


def _visitor(request: Request_) -> Visitor:
    return Visitor(client_address(request), request.headers.get("user-agent", ""))


async def _open(request: Request_, claim: DownloadClaim, now: datetime) -> Download:
    order, visitor = await order_of(claim.order_id), _visitor(request)
    try:
        await limit(request, "download", _rate(ADDRESS_RATE, order))
        await limit(request, "download-order", _rate(ORDER_RATE, order), key=str(claim.order_id))
    except TooManyRequests:
        if not is_head():
            await record(claim, visitor, Outcome.THROTTLED, now)
        raise
    if is_head():
        return await foresee_link(claim, order, visitor, now)
    return await open_link(claim, order, visitor, now)


def _refuse(request: Request_, token: str, outcome: Outcome) -> Response[str]:
    refusal = refusal_of(outcome, token)
    return page(request, "orders/refused.html", **refusal)
