"""What visitors ask for: the page, its live updates, its theme, its signed preview."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from sse_starlette import EventSourceResponse

from app.auth.cookies import cookie_name
from app.core.assets import FOREVER
from app.core.errors import Invalid, NotFound
from app.core.forms import read_form
from app.core.ratelimit import limit
from app.core.rendering import HTML
from app.core.theme import Theme, known_css, theme_css
from app.pages import loading, showing, streaming
from app.pages.answering import VARY, Shown, clock_header
from app.pages.arriving import arrival
from app.pages.controllers.signed import source_of, verify
from app.pages.forms import MomentForm
from app.pages.loading import PageRecord
from app.pages.phases import Phase
from app.pages.previewing import Choice, preview, shared_html
from app.pages.public import cache
from app.pages.sources import campaign_of
from app.pages.suspending import ensure_available
from app.pages.viewing import view_page
from app.pages.visitors import visits
from app.stock.levels import levels

Request_ = Request[Any, Any, Any]
PersonalPart = Callable[[Request_, PageRecord], Awaitable[str]]

BUYER_COOKIE = "buyer"
PRIVATE = "private, no-store"
# New themes of one address; a page's own is nearly always in memory.
THEME_RATE = "60/minute"
SHORT_ID = re.compile(r"[0-9A-Za-z]{1,22}")
THEME = re.compile(r"((?:[0-9a-f]{6}-){4})([a-z]+)-([a-z]+)\.css")


class Personal:
    """Where the orders put what only one browser sees; `main.py` sets it."""

    part: PersonalPart | None = None


def set_personal_part(part: PersonalPart) -> None:
    """Show what `part` returns on the page of a visitor with a buyer's cookie."""
    Personal.part = part


async def _shown(short_id: str, now: datetime, source: str = "") -> Shown:
    if not SHORT_ID.fullmatch(short_id):
        raise NotFound
    return await cache.get(short_id, now, source)


async def _personal(request: Request_, shown: Shown) -> str:
    if (
        Personal.part is None
        or cookie_name(BUYER_COOKIE) not in request.cookies
        or shown.status != 200
    ):
        return ""
    with showing.speaking(shown.page.language):
        return await Personal.part(request, shown.page)


async def _preview(
    request: Request_, short_id: str, choice: Choice, now: datetime
) -> Response[str]:
    page = await loading.by_short_id(short_id)
    ensure_available(page)
    shown = await preview(page, choice, now)
    address = f"{request.url.path}?{request.url.query}"
    headers = {"Cache-Control": PRIVATE, "X-Robots-Tag": "noindex"}
    return Response(shared_html(shown, address), media_type=HTML, headers=headers)


class PublicController(Controller):
    path = "/p"

    @get("/{short_id:str}")
    async def show(
        self, request: Request_, short_id: FromPath[str], now: Named[datetime]
    ) -> Response[bytes]:
        source = source_of(request, short_id, now)
        shown = await _shown(short_id, now, source)
        if shown.status == 200:
            campaign = campaign_of(request.scope)
            visits.look(shown.page, request.scope, now, source=source, campaign=campaign)
        if own := await _personal(request, shown):
            html = shown.html.replace(showing.PERSONAL_PART, own)
            headers = dict([VARY, ("cache-control", PRIVATE), clock_header(now)])
            return Response(html.encode(), media_type=HTML, headers=headers)
        given = request.headers
        answer = shown.answer(given.get("accept-encoding", ""), given.get("if-none-match", ""))
        headers = dict([clock_header(now)])
        headers |= {name.decode(): value.decode() for name, value in answer.headers}
        return Response(answer.body, status_code=answer.status, media_type=HTML, headers=headers)

    @get("/{short_id:str}/live")
    async def live(
        self, request: Request_, short_id: FromPath[str], now: Named[datetime]
    ) -> EventSourceResponse:
        """The event stream. It ends with the page: an expired one has nothing more to say."""
        source = source_of(request, short_id, now)
        shown = await _shown(short_id, now, source)
        if shown.status != 200:
            raise NotFound
        return streaming.event_stream(shown.page.id, source)

    @get("/{short_id:str}/fragments")
    async def fragments(
        self, request: Request_, short_id: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        """Everything that can change, for a browser whose page does not fit the updates it gets."""
        if not SHORT_ID.fullmatch(short_id):
            raise NotFound
        source = source_of(request, short_id, now)
        page = await loading.by_short_id(short_id)
        came = await arrival(page, source, now)
        view = view_page(page, await levels(page.shown_ids()), now, arrival=came)
        gone = page.suspended or view.phase is Phase.DRAFT
        html = showing.withdrawn(page, now) if gone else showing.full_update(view)
        return Response(html, media_type=HTML, headers={"Cache-Control": "no-store"})

    @get("/{short_id:str}/preview")
    async def preview(
        self, request: Request_, short_id: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        """The page as it is stored, for whoever has the signed link."""
        verify(request, request.scope["path"], now)
        return await _preview(request, short_id, Choice(), now)

    @post("/{short_id:str}/preview", status_code=200)
    async def preview_at(
        self, request: Request_, short_id: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        """The same at another moment. Which one is sent as a form: the link is signed as it is."""
        verify(request, request.scope["path"], now)
        form = await read_form(request, MomentForm)
        if form.data is None:
            raise Invalid
        choice = Choice(form.data.moment, form.data.stock)
        return await _preview(request, short_id, choice, now)

    @get("/theme/{name:str}", media_type="text/css")
    async def theme(self, request: Request_, name: FromPath[str]) -> Response[str]:
        """A theme's stylesheet. Its address holds the whole theme, so it is kept for ever.

        Anybody can make up themes, so those that are not in memory are limited by address.
        """
        found = THEME.fullmatch(name)
        if found is None:
            raise NotFound
        colours = [f"#{colour}" for colour in found.group(1).strip("-").split("-")]
        try:
            theme = Theme(*colours, *found.groups()[1:])  # type: ignore[arg-type]  # Theme checks
        except ValueError:
            raise NotFound from None
        if (css := known_css(theme)) is None:
            await limit(request, "theme", THEME_RATE)
            css = theme_css(theme)
        headers = {"Cache-Control": FOREVER}
        return Response(css, media_type="text/css", headers=headers)
