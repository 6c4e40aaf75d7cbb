"""The memory of a web process that has served every kind of page and has no visitors."""

import asyncio

import uvloop

from bench.figures import report
from bench.processes import web
from bench.sale import creator, database, sale
from bench.wire import Wire

MOST_MEGABYTES = 150
ROUNDS = 20


async def main() -> None:
    async with database():
        page = await sale(await creator(), quantity=10)
        with web() as server:
            async with Wire(server.url) as wire:
                for path in ("/", "/login", "/signup", f"/p/{page.short_id}", "/nowhere") * ROUNDS:
                    await wire.get(path)
            await asyncio.sleep(1)
            megabytes = server.resident_kilobytes() / 1024
    report("memory of a web process without visitors", megabytes, "<", MOST_MEGABYTES, "MB")


if __name__ == "__main__":
    uvloop.run(main())
