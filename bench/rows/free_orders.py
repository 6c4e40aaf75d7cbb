"""A free order end to end (page, checkout, confirmation, message queued): the web process and Postgres on one core."""

import asyncio
import os
import time
from urllib.parse import urlencode

import uvloop

from app.core import db
from app.core.ids import new_short_id
from app.pages.loading import PageRecord
from bench.figures import inform, report
from bench.load import Load
from bench.processes import CLIENT_CORE, SERVER_CORE, Server, cores, hello, postgres_on, web
from bench.sale import creator, database, sale
from bench.statements import counted
from bench.wire import Wire

SECONDS, BUYERS, COUNTED = 6, 8, 5
# Sixty times the open system that quality.md measures beside a bare server.
SHARE = 1 / 350
STATEMENTS = 12


async def buy(wire: Wire, page: PageRecord) -> None:
    """Look at the page, order one piece, and open the confirmation."""
    path = f"/p/{page.short_id}"
    assert (await wire.get(path, Accept_Encoding="br")).status == 200
    form = {
        "email": f"{new_short_id()}@example.com",
        "attempt": new_short_id(),
        f"item[{page.contents[0].id}]": "1",
    }
    answer = await wire.post(f"{path}/checkout", urlencode(form).encode())
    assert answer.status == 303, answer.text()[:400]
    confirmation = await wire.get(answer.headers["location"])
    assert confirmation.status == 200 and page.contents[0].title in confirmation.text()


async def orders_a_second(server: Server, page: PageRecord) -> float:
    until = time.monotonic() + SECONDS

    async def buyer() -> int:
        bought = 0
        async with Wire(server.url) as wire:
            while time.monotonic() < until:
                await buy(wire, page)
                bought += 1
        return bought

    started = time.monotonic()
    bought = sum(await asyncio.gather(*(buyer() for _ in range(BUYERS))))
    rate = bought / (time.monotonic() - started)
    queued = await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'orders.completed'"
    )
    assert queued >= bought, f"{bought} bought, {queued} messages queued"
    return rate


async def statements(server: Server, page: PageRecord) -> tuple[float, float]:
    """Return the statements of one order: without and with those that open and close transactions."""
    async with Wire(server.url) as wire:
        await buy(wire, page)  # after this one, statements are prepared and the process is warm
        async with counted() as found:
            for _ in range(COUNTED):
                await buy(wire, page)
                await asyncio.sleep(0.05)  # the page hears of its change before it is asked again
    if "BENCH_SHOW" in os.environ:
        print(*found.all, sep="\n---\n")
    return len(found.queries) / COUNTED, len(found.all) / COUNTED


async def main() -> None:
    on = cores(SERVER_CORE)
    os.sched_setaffinity(0, cores(CLIENT_CORE))
    async with database():
        page = await sale(await creator(), amount=0, quantity=1_000_000)
        with hello(on) as bare, web(on) as server, postgres_on(on):
            async with Wire(server.url) as wire:
                await buy(wire, page)
            limit = Load(bare.port).per_second(3)
            rate = await orders_a_second(server, page)
            report(
                "free order end to end: share of a bare server's requests a second",
                rate / limit,
                ">=",
                SHARE,
            )
            inform("free orders a second, web and Postgres on one core", rate)
            queries, everything = await statements(server, page)
            report("free order: SQL statements", queries, "<=", STATEMENTS)
            inform("free order: with the opening and closing of transactions", everything)


if __name__ == "__main__":
    uvloop.run(main())
