"""What a checkout needs to know of a page: the offer as it stands at a moment, and whether it may be bought."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.currencies import amount_step
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.pages import lifecycle, loading, recording
from app.pages.arriving import Arrival, arrival
from app.pages.lifecycle import Cause, State
from app.pages.lines import Line
from app.pages.loading import PageRecord
from app.pages.showing import theme_href
from app.pages.suspending import ensure_available
from app.pages.viewing import PageView, view_page
from app.stock.levels import levels


@dataclass(frozen=True)
class OfferLine:
    """One thing for sale. Amounts are minor units for one piece, `amount` as the page asks of everyone; several lines may
    share a stock. A lower price must be a multiple of `step`.

    `stock_id` is never None: an unlimited item has a stock without capacity. `available` is None when unlimited.
    """

    content_id: UUID
    product_id: UUID
    title: str
    original_amount: int
    amount: int
    stock_id: UUID
    available: int | None
    step: int = 1


@dataclass(frozen=True)
class Offer:
    """A page's terms at one moment, for a checkout to pin. `state` is what it is for this buyer: `early` when a link opens
    it before the launch. `link_gives` says that their link changes anything now, as far as it is good still."""

    page_id: UUID
    short_id: str
    organization_id: UUID
    group_id: UUID
    user_id: UUID
    title: str
    state: State
    currency: str
    zone: str
    language: str
    discount_percent: int
    per_buyer_limit: int | None
    hold_minutes: int
    confirmation_message: str
    expires_at: datetime | None
    version: int
    theme_href: str
    own_branding: bool
    lines: tuple[OfferLine, ...]
    arrival: Arrival | None = None
    early: bool = False
    link_gives: bool = False

    @property
    def path(self) -> str:
        """The page's address, as this buyer came."""
        return f"/p/{self.short_id}{f'?{self.arrival.query}' if self.arrival else ''}"

    def line(self, content_id: UUID) -> OfferLine | None:
        return next((line for line in self.lines if line.content_id == content_id), None)


async def load_offer(
    short_id: str, now: datetime, *, count_stock: bool = True, source: str = ""
) -> Offer:
    """Return the offer of a published page to who came from `source`. Raises NotFound for an unknown page or a draft,
    Unavailable for a suspended one.

    Without `count_stock` and `source`, one statement does, and `available` is what there was at first: whoever takes
    stock is told by the taking itself what is left.
    """
    page = await loading.by_short_id(short_id)
    ensure_available(page)
    if page.state(now) is State.DRAFT or not page.contents:
        raise NotFound
    found = await levels(page.stock_ids()) if count_stock else {}
    came = await arrival(page, source, now)
    return _offer(page, view_page(page, found, now, arrival=came))


def _offer_line(page: PageRecord, view: PageView, line: Line) -> OfferLine:
    stock_id = page.stock_of(line.content)
    if stock_id is None:
        raise NotFound
    level = line.level or view.level
    return _line(page, line, stock_id, level.available if level else None)


def _line(page: PageRecord, line: Line, stock_id: UUID, available: int | None) -> OfferLine:
    return OfferLine(
        content_id=line.content.id,
        product_id=line.content.product_id,
        title=line.content.title,
        original_amount=line.original,
        amount=line.page_amount,
        stock_id=stock_id,
        available=available,
        step=amount_step(line.content.currency),
    )


def offer_lines(page: PageRecord, now: datetime) -> list[tuple[OfferLine, str]]:
    """Return what a page offers at its own prices, with the currency of each; drafts too, whose stocks stand still."""
    return [
        (_line(page, line, page.stock_of(line.content) or page.id, None), line.content.currency)
        for line in view_page(page, {}, now).lines
    ]


def _offer(page: PageRecord, view: PageView) -> Offer:
    return Offer(
        page_id=page.id,
        short_id=page.short_id,
        organization_id=page.organization_id,
        group_id=page.group_id,
        user_id=page.user_id,
        title=page.title,
        state=view.state,
        currency=page.contents[0].currency,
        zone=page.zone,
        language=page.language,
        discount_percent=page.sells.discount_percent,
        per_buyer_limit=page.sells.per_buyer_limit,
        hold_minutes=get_settings().hold_minutes,
        confirmation_message=page.settings.confirmation_message,
        expires_at=lifecycle.end_of(page.times),
        version=page.version,
        theme_href=theme_href(page.theme),
        own_branding=page.own_branding,
        lines=tuple(_offer_line(page, view, line) for line in view.lines),
        arrival=view.arrival,
        early=view.early,
        link_gives=view.link_gives,
    )


def ensure_running(offer: Offer) -> None:
    """Raise Conflict, with words for the visitor, unless the offer can be bought now."""
    if offer.state is State.PAUSED:
        raise Conflict(_("This sale is paused. Please come back in a while."))
    if offer.state is not State.ACTIVE:
        raise Conflict(lifecycle.refusal(offer.state))


async def retire_if_sold_out(page_id: UUID, now: datetime) -> bool:
    """End a page whose stock is all sold and none of it held, unless its creator keeps it open.

    Joins the caller's transaction. Return whether it ended the page.
    """
    page = await loading.by_id(page_id)
    state = page.state(now)
    limited = page.sells.stock_limit != "none" and not page.sells.keep_open_when_sold_out
    if not limited or state not in (State.ACTIVE, State.PAUSED):
        return False
    if page.times.ended_at is not None:
        # It ended after our `now`: whoever waited for the last sale's lock is older than what it then reads.
        return False
    found = (await levels(page.stock_ids())).values()
    if any(level.available is None or level.available > 0 or level.held for level in found):
        return False
    after = lifecycle.end(page.times, now)
    try:
        await recording.store_times(page, after, now, ended_cause=Cause.LIMIT)
    except Conflict:
        # A verb was faster: whatever it did, the next sale or the sweep asks again.
        return False
    await recording.record_transition(page.id, state, State.EXPIRED, now, Cause.LIMIT, now)
    return True


async def changed(page_id: UUID) -> None:
    """Say, in the current transaction, that the page looks different now."""
    await recording.touch(page_id)
