"""Many pages end within seconds: how late their visitors hear of it, and whether any request is told the past."""

import asyncio
import time
from datetime import UTC, datetime

import uvloop

from app.pages.loading import PageRecord
from bench.crowd import Crowd, crowd
from bench.figures import inform, percentile, report
from bench.processes import HOST, web, worker
from bench.sale import creator, database, sale
from bench.wire import Wire

PAGES, SECONDS = 200, 5.0
VISITORS_EACH = 3
REHEARSED, JOIN_SECONDS = 10, 6
ASKED_AFTER = (0.0, 0.02, 0.1)
P99_MS = 250
# Only what says that a page has ended takes the live connection away.
MARK = 'id="live" hx-swap-oob'
ENDED = 'data-stage="expired'


def end_of(page: PageRecord) -> float:
    """Return the end of the page, in seconds since the epoch."""
    assert page.times.expires_at is not None
    return page.times.expires_at.timestamp()


async def ending_soon() -> list[PageRecord]:
    """Make running sales that end one after the other, from as soon as all are made and watched."""
    viewer = await creator()
    product = (await sale(viewer)).contents[0].product_id
    started = time.time()
    for _ in range(REHEARSED):
        await sale(viewer, product=product)
    each = (time.time() - started) / REHEARSED
    start = time.time() + each * PAGES * 2 + JOIN_SECONDS
    ends = [start + index * SECONDS / PAGES for index in range(PAGES)]
    return [
        await sale(viewer, product=product, expires_at=datetime.fromtimestamp(end, UTC))
        for end in ends
    ]


async def until(moment: float) -> None:
    """Wait for a moment of the wall clock, never less."""
    while (left := moment - time.time()) > 0:  # noqa: ASYNC110 (a moment, not an event)
        await asyncio.sleep(left)


async def wrong_answers(port: int, page: PageRecord) -> int:
    """Ask for the page at its end and shortly after; return how many answers still showed it running."""
    end, path, wrong = end_of(page), f"/p/{page.short_id}", 0
    assert ENDED not in (await answer(port, path)), "it ended too early"
    for after in ASKED_AFTER:
        await until(end + after)
        wrong += ENDED not in (await answer(port, path))
    return wrong


async def answer(port: int, path: str) -> str:
    async with Wire(f"http://{HOST}:{port}") as wire:
        return (await wire.get(path)).text()


async def lateness(watching: Crowd, ends: list[float]) -> tuple[list[float], int]:
    """Return each watcher's delay in ms, and how many were never told."""
    await asyncio.sleep(1)
    arrivals, _ = await watching.arrivals()
    first: dict[int, float] = {}
    for number, moment in arrivals:
        first.setdefault(number, moment)
    late = [(moment - ends[number]) * 1000 for number, moment in first.items()]
    assert min(late, default=0) >= 0, "somebody was told before it was true"
    return late, len(ends) - len(first)


async def main() -> None:
    async with database(), crowd() as watching:
        pages = await ending_soon()
        ends = [end_of(page) for page in pages]
        with web() as server, worker(server.url):
            each = [(page, end) for page, end in zip(pages, ends, strict=True)] * VISITORS_EACH
            await watching.join([(server.port, f"/p/{p.short_id}/live") for p, _ in each], MARK)
            assert time.time() < ends[0], "joining took too long"
            wrong = sum(await asyncio.gather(*(wrong_answers(server.port, p) for p in pages)))
            late, untold = await lateness(watching, [end for _, end in each])
            report(
                "announcing the end of a page: p99 late", percentile(late, 0.99), "<", P99_MS, "ms"
            )
            inform("announcing the end of a page: half late", percentile(late, 0.5), "ms")
            report("visitors who were never told", untold, "=", 0)
            report("requests after the end that were shown the past", wrong, "=", 0)


if __name__ == "__main__":
    uvloop.run(main())
