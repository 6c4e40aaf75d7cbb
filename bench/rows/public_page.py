"""The public page against a bare server on the same core, and how often it is rendered when it changes."""

import asyncio

import uvloop

from bench.figures import inform, median, report
from bench.load import Load
from bench.processes import SERVER_CORE, cores, hello, web
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


async def main() -> None:
    on = cores(SERVER_CORE)
    async with database():
        page = await sale(await creator(), quantity=1000)
        path = f"/p/{page.short_id}"
        with hello(on) as bare, web(on) as server:
            bare_rates: list[float] = []
            page_rates: list[float] = []
            for _ in range(ROUNDS):
                bare_rates.append(Load(bare.port).per_second(SECONDS))
                page_rates.append(Load(server.port, path).per_second(SECONDS))
            ratio = median(page_rates) / median(bare_rates)
            report(
                "public page, cached: share of a bare server's requests a second", ratio, ">=", 0.5
            )
            inform("public page, cached: requests a second", round(median(page_rates)))
            inform("bare ASGI hello: requests a second", round(median(bare_rates)))
            before = server.metric(RENDERS)
            for _ in range(CHANGES):
                await change(page)
                # Some ask before the process has heard of the change, most after.
                await asyncio.gather(*(_ask_often(server.url, path, 5) for _ in range(CROWD)))
            renders = (server.metric(RENDERS) - before) / CHANGES
            report(f"public page: renders a change, {CROWD} asking at once", renders, "=", 1)


if __name__ == "__main__":
    uvloop.run(main())
