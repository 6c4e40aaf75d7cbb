"""The public page against a bare server on the same core, and how often it is rendered when it changes."""

import asyncio
from dataclasses import dataclass, field

import uvloop

from app.pages.loading import PageRecord
from bench.figures import inform, median, report
from bench.load import Load
from bench.processes import SERVER_CORE, Server, cores, hello, web
from bench.sale import change, creator, database, sale
from bench.wire import Wire

SECONDS, ROUNDS = 3, 3
CROWD = 200
CHANGES = 5
RENDERS = "mayfly_page_renders_total"


async def _ask_often(url: str, path: str, times: int) -> None:
    async with Wire(url) as wire:
        for _ in range(times):
            assert (await wire.get(path)).status == 200


@dataclass
class Rate:
    """How fast one address is answered, in rounds."""

    server: Server
    path: str
    strangers: bool = False
    per_second: list[float] = field(default_factory=list[float])
    cpu_microseconds: list[float] = field(default_factory=list[float])

    def measure(self) -> None:
        before = self.server.cpu_seconds()
        rate = Load(self.server.port, self.path, strangers=self.strangers).per_second(SECONDS)
        self.per_second.append(rate)
        self.cpu_microseconds.append((self.server.cpu_seconds() - before) / (rate * SECONDS) * 1e6)


def compare(bare: Rate, page: Rate, rush: Rate) -> None:
    """Ask the bare server, and the page: as one visitor, and in a rush in which each request is another visitor's."""
    for rate in (bare, page):
        Load(rate.server.port, rate.path).per_second(1)  # both warm
    for _ in range(ROUNDS):
        for rate in (bare, page, rush):
            rate.measure()
    share = median(page.per_second) / median(bare.per_second)
    report("public page, cached: share of a bare server's requests a second", share, ">=", 0.5)
    inform("public page, cached: requests a second", round(median(page.per_second)))
    strangers = median(rush.per_second) / median(bare.per_second)
    inform("the same, each request another visitor to count: share of the bare server's", strangers)
    inform("public page, every visitor another: CPU a request", median(rush.cpu_microseconds), "µs")
    inform("bare ASGI hello: requests a second", round(median(bare.per_second)))
    # What the server itself spent, so a second look when the machine has other work.
    inform("public page, cached: CPU a request", median(page.cpu_microseconds), "µs")
    inform("bare ASGI hello: CPU a request", median(bare.cpu_microseconds), "µs")


async def renders_a_change(server: Server, page: PageRecord) -> float:
    before = server.metric(RENDERS)
    for _ in range(CHANGES):
        await change(page)
        # Some ask before the process has heard of the change, most after.
        asking = (_ask_often(server.url, f"/p/{page.short_id}", 5) for _ in range(CROWD))
        await asyncio.gather(*asking)
    return (server.metric(RENDERS) - before) / CHANGES


async def main() -> None:
    on = cores(SERVER_CORE)
    async with database():
        page = await sale(await creator(), quantity=1000)
        with hello(on) as bare, web(on) as server:
            path = f"/p/{page.short_id}"
            compare(Rate(bare, "/"), Rate(server, path), Rate(server, path, strangers=True))
            renders = await renders_a_change(server, page)
            report(f"public page: renders a change, {CROWD} asking at once", renders, "=", 1)


if __name__ == "__main__":
    uvloop.run(main())
