"""What a visitor sees of a page at a moment: a pure function of the page, its stock's levels and the time."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from markupsafe import Markup

from app.core.markdown import to_html
from app.pages.arriving import Arrival, Standing
from app.pages.consenting import consent_words
from app.pages.coupons import Coupon, coupon_of
from app.pages.lifecycle import ON_TIME, State, end_of, state_at, time_left
from app.pages.lines import Line, counted_levels, level_of, lines_of
from app.pages.loading import PageRecord
from app.pages.phases import Phase
from app.pages.types.base import Acceptance
from app.stock.levels import Level

# Without a limit per buyer, a visitor may still not ask for more than this at once.
MOST_AT_ONCE = 20


def host_of(url: str) -> str:
    """Return the host of an address, as people read it; of an own path, nothing."""
    return urlsplit(url).hostname or ""


@dataclass(frozen=True)
class PageView:
    """Everything the templates show."""

    page: PageRecord
    now: datetime
    state: State
    phase: Phase
    lines: tuple[Line, ...]
    level: Level | None
    arrival: Arrival | None = None
    coupon: Coupon | None = None

    @property
    def path(self) -> str:
        return f"/p/{self.page.short_id}"

    @property
    def query(self) -> str:
        """What follows the addresses of the page's parts, so that they are shown as this visitor arrived."""
        return f"?{self.arrival.query}" if self.arrival else ""

    @property
    def refresh(self) -> str:
        """Where everything that can change is asked for."""
        return f"{self.path}/fragments{self.query}"

    @property
    def opens_at(self) -> datetime | None:
        """When the page launches for this visitor."""
        launch = self.page.times.launch_at
        return launch - self.arrival.early if launch and self.arrival else launch

    @property
    def early(self) -> bool:
        """Whether the page is open for this visitor and not yet for everyone."""
        return self.state is State.ACTIVE and self.page.state(self.now) is State.SCHEDULED

    @property
    def link_gives(self) -> bool:
        """Whether the visitor's link gives anything that this page would not without it."""
        link = self.arrival.link if self.arrival else None
        if link is None:
            return False
        waits = self.page.state(self.now) is State.SCHEDULED
        ended = self.state is State.EXPIRED
        return not ended and bool((link.early and waits) or (link.discount_percent and self.lines))

    @property
    def link_good(self) -> bool:
        """Whether what the link gives holds now."""
        return self.arrival is not None and self.arrival.standing is Standing.GOOD

    @property
    def link_reduces(self) -> bool:
        """Whether the visitor's link lowers a price here, and is what counts: reasons to pay less do not add up."""
        own = self.coupon.percent if self.coupon and self.coupon.good else 0
        link = self.arrival.discount_percent if self.arrival else 0
        return self._priced and link > 0 and link >= own

    @property
    def reduction(self) -> int:
        """How many per cent less than the original price this visitor pays, rounded down; 0 where nothing costs anything.

        It is the one reduction that the page names: the page's own, its code's, or what the visitor's link makes of it.
        """
        if not self._priced:
            return 0
        code = self.coupon.percent if self.coupon and self.coupon.good else 0
        everyone = 0 if self.coupon else self.page.sells.discount_percent
        personal = max(code, self.arrival.discount_percent if self.arrival else 0)
        return (10_000 - (100 - everyone) * (100 - personal)) // 100

    @property
    def _priced(self) -> bool:
        return any(line.original for line in self.lines)

    @property
    def terms(self) -> str:
        """Whose terms the visitor is shown, the "link"'s or the "page"'s: nobody pays another price than they saw."""
        return "link" if self.link_gives and self.link_good else "page"

    @property
    def description(self) -> Markup:
        return to_html(self.page.description)

    def words(self, text: str) -> Markup:
        """Return Markdown that the creator wrote in a setting as HTML."""
        return to_html(text)

    @property
    def deadline(self) -> datetime | None:
        """When it ends; while a pause holds the clock, when it would end if it went on now."""
        left = time_left(self.page.times, self.now)
        return self.now + left if left is not None else None

    @property
    def ended_at(self) -> datetime | None:
        return end_of(self.page.times)

    @property
    def most_at_once(self) -> int:
        return min(self.page.sells.per_buyer_limit or MOST_AT_ONCE, MOST_AT_ONCE)

    @property
    def limited(self) -> bool:
        """Whether anything on it can run out."""
        counted = counted_levels(self.lines, self.level)
        return any(each.capacity is not None for each in counted)

    @property
    def situation(self) -> str:
        """The type's own word for what the page shows beyond its phase."""
        return self.page.page_type.situation(self)

    @property
    def accepts(self) -> Acceptance:
        """Whether registrations are taken now."""
        if self.page.suspended:
            return Acceptance.SUSPENDED
        return self.page.page_type.accepts(self)

    @property
    def consent(self) -> str:
        """What a registrant agrees to."""
        return consent_words(getattr(self.page.settings, "consent_text", ""))

    @property
    def redirect_url(self) -> str | None:
        """Where this page sends its visitors now, if anywhere."""
        page = self.page
        if own := page.page_type.redirect(self):
            return own
        if self.phase is not Phase.EXPIRED:
            return None
        if page.afterlife.action == "redirect":
            return page.afterlife.url
        if page.afterlife.action == "successor" and page.successor_short_id:
            return f"/p/{page.successor_short_id}"
        return None

    @property
    def own_redirect(self) -> str | None:
        """Where the server itself sends visitors: to another page of this site only.

        Any other address is named on the page, and the visitor follows it.
        """
        url = self.redirect_url
        return url if url and url.startswith("/") else None

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The hosts to which this page will send its visitors later, in the browser that has it open."""
        page = self.page
        if self.phase is Phase.EXPIRED or self.redirect_url:
            return ()
        urls = list(page.page_type.addresses(page.settings))
        if page.afterlife.action == "redirect" and page.afterlife.url:
            urls.append(page.afterlife.url)
        return tuple(dict.fromkeys(host_of(url) for url in urls))

    @property
    def redirect_host(self) -> str:
        return host_of(self.redirect_url or "")

    @property
    def stage(self) -> str:
        """What must be equal for small updates to fit what a browser shows; when it differs, everything is swapped."""
        page = self.page
        phase = Phase.SELLING if self.phase is Phase.HELD else self.phase
        parts = (
            phase,
            self.situation,
            page.title,
            page.description,
            page.language,
            page.zone,
            page.theme,
            page.cover_key,
            self._lasting_settings,
            self.query,
            [
                (content.id, content.title, content.image, content.samples, content.instead)
                for content in page.contents
            ],
        )
        return f"{phase}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:10]}"

    @property
    def _lasting_settings(self) -> str:
        """The settings without what small updates bring: the discount, and how much there is."""
        sells = self.page.sells
        shared = sells.stock_limit == "page"
        settings = sells.with_quantity(1) if shared else self.page.settings
        return settings.model_dump_json(exclude={"discount_percent"})


def view_page(
    page: PageRecord,
    levels: Mapping[UUID, Level],
    now: datetime,
    as_if: Callable[[Level], Level] = lambda level: level,
    arrival: Arrival | None = None,
) -> PageView:
    """Return what a visitor sees at `now`, who came as `arrival` says. `levels` by stock; a draft's stock is what it
    would be at the launch.

    A preview shows each level `as_if` it stood otherwise.
    """
    state = state_at(page.times, now, arrival.early if arrival else ON_TIME)
    coupon = coupon_of(page, levels, now)
    lines = lines_of(page, levels, as_if, arrival, coupon)
    shared = page.sells.stock_limit == "page"
    level = as_if(level_of(levels, page.stock_id, page.sells.quantity)) if shared else None
    phase = _phase(state, lines, level)
    return PageView(page, now, state, phase, lines, level, arrival, coupon)


def _phase(state: State, lines: tuple[Line, ...], level: Level | None) -> Phase:
    if state is not State.ACTIVE:
        return Phase(state.value)
    counted = counted_levels(lines, level)
    if not counted or any(each.available is None or each.available > 0 for each in counted):
        return Phase.SELLING
    return Phase.HELD if any(each.held for each in counted) else Phase.SOLD_OUT
