"""What a first visit of a public page brings over the wire: the page and every asset that it names."""

import re
from urllib.parse import urlsplit

import uvloop

from bench.figures import inform, report
from bench.processes import web
from bench.sale import creator, database, sale
from bench.wire import Wire

KILOBYTE = 1024
MOST_KILOBYTES = 30
ASSET = re.compile(r"""<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"[^>]*>""")
# Links that say something about the page instead of loading anything.
NOT_LOADED = re.compile(r'rel="(?:canonical|alternate|prev|next)"')


def assets(html: str) -> list[str]:
    """Return the addresses of everything that a browser loads with the page."""
    tags = ASSET.finditer(html)
    return list(dict.fromkeys(t.group(1) for t in tags if not NOT_LOADED.search(t.group(0))))


async def main() -> None:
    async with database():
        page = await sale(await creator(), quantity=10)
        with web() as server:
            async with Wire(server.url) as wire:
                import brotli

                first = await wire.get(f"/p/{page.short_id}", Accept_Encoding="gzip, br")
                found = assets(brotli.decompress(first.body).decode())
                assert len(found) >= 3, f"styles and scripts are missing: {found}"
                foreign = [url for url in found if urlsplit(url).netloc]
                total = first.size
                for url in found:
                    answer = await wire.get(url, Accept_Encoding="gzip, br")
                    assert answer.status == 200, url
                    total += answer.size
    report(
        "first visit of a public page, over the wire", total / KILOBYTE, "<=", MOST_KILOBYTES, "KB"
    )
    inform("the page itself of that", first.size / KILOBYTE, "KB")
    inform("requests of a first visit", 1 + len(found))
    report("assets from another site", len(foreign), "=", 0)


if __name__ == "__main__":
    uvloop.run(main())
