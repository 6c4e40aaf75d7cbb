"""Ten thousand visitors on one live page: what each costs, how soon all know of a change, what stays when they leave."""

import asyncio
import os
import time

import uvloop

from app.pages.loading import PageRecord
from bench.crowd import Crowd, allow_files, crowd
from bench.figures import inform, percentile, report
from bench.processes import Server, web
from bench.sale import change, creator, database, sale

VISITORS = int(os.environ.get("BENCH_VISITORS", "10000"))
WARM_UP = 100
CHANGES = 8
SETTLED_SECONDS, LONGEST_SETTLING_SECONDS, STEADY = 2.5, 15, 0.01
LONGEST_SECONDS = 5
KILOBYTES_EACH = 40
P99_MS = 500
# What lies between other things and so can't be given back, as a share of what they took; and that it is no leak.
KEPT, ADDED = 0.25, 0.05


async def delays(watching: Crowd, page: PageRecord) -> tuple[list[float], int]:
    """Change the page a few times; return each watcher's delay in ms for each change, and how many pieces failed."""
    moments: list[float] = []
    await watching.forget()
    for number in range(1, CHANGES + 1):
        moments.append(time.time())
        await change(page)
        await watching.heard(number * VISITORS, LONGEST_SECONDS)
    arrivals, lost = await watching.arrivals()
    found: dict[tuple[int, int], float] = {}
    for number, moment in arrivals:
        index = sum(at <= moment for at in moments) - 1
        if index >= 0:
            found.setdefault((number, index), (moment - moments[index]) * 1000)
    return list(found.values()), lost + VISITORS * CHANGES - len(found)


async def settled(server: Server) -> float:
    """Return the server's memory once it has stopped changing; a busy machine takes its time."""
    before, now = 0.0, server.resident_kilobytes()
    until = time.monotonic() + LONGEST_SETTLING_SECONDS
    while abs(now - before) > STEADY * now and time.monotonic() < until:
        await asyncio.sleep(SETTLED_SECONDS)
        before, now = now, server.resident_kilobytes()
    return now


async def main() -> None:
    allow_files(VISITORS)
    async with database(), crowd() as watching:
        page = await sale(await creator(), quantity=1000)
        path = f"/p/{page.short_id}/live"
        with web() as server:
            await watching.join([(server.port, path)] * WARM_UP)
            await watching.leave()
            before = await settled(server)
            seconds = await watching.join([(server.port, path)] * VISITORS)
            joined = await settled(server)
            each = (joined - before) / VISITORS
            report(
                f"{VISITORS:,} visitors on one page: memory each", each, "<=", KILOBYTES_EACH, "KB"
            )
            inform("visitors who join a second", round(VISITORS / seconds))
            found, failed = await delays(watching, page)
            report("a change reaches all visitors: p99", percentile(found, 0.99), "<", P99_MS, "ms")
            inform("a change reaches half of the visitors", percentile(found, 0.5), "ms")
            report("changes that a visitor missed, and streams that broke", failed, "=", 0)
            await watching.leave()
            left = await settled(server)
            kept, took = left - before, joined - before
            report(
                "memory that stays when they have left, of what they took", kept / took, "<=", KEPT
            )
            await watching.join([(server.port, path)] * VISITORS)
            await watching.leave()
            more = await settled(server) - left
            report("the same again: what a second crowd adds", more / took, "<=", ADDED)


if __name__ == "__main__":
    uvloop.run(main())
