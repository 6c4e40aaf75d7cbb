"""SQL statements of single pages, as Postgres' log tells them."""

import os

import httpx
import uvloop

from app.auth.cookies import set_session_cookies_on
from app.auth.sessions import start_session
from app.core.clock import utc_now
from bench.figures import report
from bench.processes import web
from bench.sale import creator, database, sale
from bench.statements import counted

LISTS = ("/console/pages", "/console/products", "/console/orders")
COLD, WARM, LIST = 2, 0, 6


async def statements(client: httpx.AsyncClient, path: str) -> int:
    async with counted() as found:
        answer = await client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    if "BENCH_SHOW" in os.environ:
        print(*found.all, sep="\n---\n")
    return len(found.queries)


async def main() -> None:
    async with database():
        viewer = await creator()
        page = await sale(viewer, quantity=10)
        tokens = await start_session(viewer.user_id, utc_now(), ip="127.0.0.1", user_agent="bench")
        with web() as server:
            async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
                # The process has asked such things before: a new connection looks up types once.
                other = await sale(viewer, quantity=10)
                assert (await client.get(f"/p/{other.short_id}")).status_code == 200
                path = f"/p/{page.short_id}"
                report(
                    "public page, cold: SQL statements", await statements(client, path), "<=", COLD
                )
                report(
                    "public page, warm: SQL statements", await statements(client, path), "=", WARM
                )
                set_session_cookies_on(client.cookies, tokens)
                for path in LISTS:
                    await client.get(path)
                    report(f"{path}: SQL statements", await statements(client, path), "<=", LIST)


if __name__ == "__main__":
    uvloop.run(main())
