"""What a visit costs and feels like: bytes over the wire, strangers asked, things that jump, things that move."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.clock import utc_now
from app.core.ids import new_id
from app.pages.loading import PageRecord
from app.products.importing import import_file
from app.products.kinds import FileKind
from app.stock import holding
from tests.factories.pages import make_page
from tests.factories.products import make_product, picture
from tests.factories.stock import MINUTES
from tests.support.patience import PATIENCE_SECONDS
from tests.system.people import DESK, PHONE, Visitors
from tests.system.steps import go_to_payment, live

pytestmark = pytest.mark.system

MOST_BYTES = 30_000
# htmx alone is more than this: fewer means that something was not counted.
FEWEST_BYTES = 12_000
MOST_SHIFT = 0.02
GOOD_PAINT_MS = 2500
NOTE_VITALS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.shifts.push([entry.value, ...entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120))]);
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { window.largestPaint = list.getEntries().at(-1).startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
"""
PUSH_DOWN = """() => {
  const block = document.createElement("div");
  block.style.height = "200px";
  document.querySelector("main").prepend(block);
}"""
MOVING = "document.getAnimations().filter((one) => one.playState === 'running').length"


class Wire:
    """Adds up what the network really carried for a page, headers included, as Chromium counts it."""

    def __init__(self) -> None:
        self.requests: dict[str, float] = {}
        self.addresses: dict[str, str] = {}

    async def watch(self, page: Page) -> None:
        session = await page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._started)
        session.on("Network.dataReceived", self._came)
        session.on("Network.loadingFinished", self._finished)
        await session.send("Network.enable")

    @property
    def list(self) -> dict[str, float]:
        return {self.addresses[id]: size for id, size in self.requests.items()}

    @property
    def total(self) -> int:
        return round(sum(self.requests.values()))

    def _started(self, event: dict[str, Any]) -> None:
        self.requests[event["requestId"]] = event["response"]["encodedDataLength"]
        self.addresses[event["requestId"]] = event["response"]["url"]

    def _came(self, event: dict[str, Any]) -> None:
        self.requests[event["requestId"]] += event["encodedDataLength"]

    def _finished(self, event: dict[str, Any]) -> None:
        # The stream of updates never does.
        self.requests[event["requestId"]] = event["encodedDataLength"]


async def test_a_first_visit_is_small_and_asks_nobody_else(
    owner: Any, visitors: Visitors, web_server: str
) -> None:
    """The creator's own pictures not counted."""
    sale = await make_page(owner.viewer, now=utc_now())
    page = await visitors(width=PHONE)
    wire = Wire()
    await wire.watch(page)
    await page.goto(f"/p/{sale.short_id}")
    await live(page)
    await expect(page.locator("[data-countdown]")).to_be_visible()
    asked = visitors.watch(page).asked
    assert len(asked) >= 6 and len(wire.requests) >= len(asked)
    assert all(url.startswith(web_server) for url in asked), asked
    assert FEWEST_BYTES < wire.total <= MOST_BYTES, "\n".join(map(str, wire.list.items()))


async def shifted(page: Page) -> tuple[float, list[Any]]:
    shifts: list[list[Any]] = await page.evaluate("window.shifts")
    return sum(shift[0] for shift in shifts), shifts


async def hold(page: PageRecord, units: int) -> None:
    assert page.stock_id
    now, topic = utc_now(), f"page:{page.id}"
    lines = {page.stock_id: units}
    await holding.hold(
        lines, hold_id=new_id(), topic=topic, buyer_key="other", now=now, until=now + MINUTES
    )


@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_nothing_jumps_while_the_page_loads_and_lives(
    owner: Any, visitors: Visitors, width: int
) -> None:
    product = await make_product(owner.viewer, now=utc_now())
    await import_file(product, "cover.jpg", picture(), utc_now(), kind=FileKind.COVER)
    sale = await make_page(owner.viewer, now=utc_now(), products=[product], quantity=10)
    page = await visitors(width=width)
    await page.add_init_script(NOTE_VITALS)
    await page.goto(f"/p/{sale.short_id}")
    await live(page)
    seconds = page.locator("[data-unit=seconds]")
    await expect(seconds).not_to_have_text(await seconds.inner_text())
    for units, words in ((1, "9 left"), (8, "1 left"), (1, "All in baskets")):
        await hold(sale, units)
        await expect(page.locator("#stock-page")).to_contain_text(words)
    sum_of_shifts, shifts = await shifted(page)
    assert sum_of_shifts < MOST_SHIFT, "\n".join(map(str, shifts))
    assert 0 < await page.evaluate("window.largestPaint") < GOOD_PAINT_MS
    # The measure measures.
    await page.evaluate(PUSH_DOWN)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await shifted(page))[0] < MOST_SHIFT:
            await asyncio.sleep(0.05)


async def test_nothing_moves_for_who_asked_for_stillness(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    moving, still = await visitors(), await visitors(reduced_motion="reduce")
    for page in (moving, still):
        await page.route("**/download/status*", lambda _route: None)
        await page.goto("/download?session_id=cs_test_unheardof")
        await expect(page.get_by_role("heading", name="Confirming your payment")).to_be_visible()
    assert await moving.evaluate(MOVING) > 0
    assert await still.evaluate(MOVING) == 0


async def test_a_visitor_who_holds_something_sees_nothing_jump_either(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=10)
    page = await visitors(width=PHONE)
    await page.add_init_script(NOTE_VITALS)
    await page.goto(f"/p/{sale.short_id}")
    await go_to_payment(page, "hanna@example.com")
    await page.goto(f"/p/{sale.short_id}")
    await live(page)
    await expect(page.locator("#hold")).to_be_visible()
    await hold(sale, 2)
    await expect(page.locator("#stock-page")).to_contain_text("7 left")
    sum_of_shifts, shifts = await shifted(page)
    assert sum_of_shifts < MOST_SHIFT, "\n".join(map(str, shifts))
