"""A sender that holds every answer to the rules of bad input: never a 5xx, and no trace of what was refused."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, unquote

import httpx

from tests.fuzz.discovery import Page, Route, read_page
from tests.fuzz.traces import Snapshot
from tests.fuzz.world import World

# What a refusal may leave: that a wrong password was tried, and that a download link was opened in vain.
RECORDED = frozenset({"security_log", "guess", "download_attempt"})

Pairs = list[tuple[str, str]]


def form_body(pairs: Pairs) -> bytes:
    """Encode a form as browsers do, and what no browser would send too."""
    return "&".join(f"{_part(name)}={_part(value)}" for name, value in pairs).encode()


def _part(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


@dataclass
class Attack:
    """Sends what is bad and notes what it did. `answers` counts statuses, so that a test can say it came through."""

    app: Any
    owner: Any
    visitor: httpx.AsyncClient
    world: World
    snapshot: Snapshot
    routes: list[Route] = field(repr=False)
    answers: dict[int, int] = field(default_factory=dict[int, int])

    async def send(
        self, method: str, url: str, *, console: bool | None = None, **options: Any
    ) -> httpx.Response:
        """Send a request as the owner (console) or as the visitor. Fails on a 5xx, and on a 4xx that left a trace.

        Whatever was accepted is undone.
        """
        owned = url.startswith("/console") if console is None else console
        client = self.owner if owned else self.visitor
        said = f"{method} {url[:300]} {str(options)[:600]}"
        cookies = dict(client.cookies)
        answer = await client.request(
            method, httpx.URL(client.base_url.join("/"), raw_path=url.encode()), **options
        )
        await self._judge(answer, said)
        if answer.headers.get_list("set-cookie"):
            client.cookies = cookies
        return answer

    async def send_meant(self, method: str, url: str) -> httpx.Response:
        """Send a request, and follow it where punctuation was glued to the end of its path: to the path before that."""
        answer = await self.send(method, url)
        if answer.status_code == 302 and method in ("GET", "HEAD"):
            meant = answer.headers["location"]
            assert unquote(url).startswith(unquote(meant)) and len(meant) < len(url), (url, meant)
            answer = await self.send(method, meant)
        return answer

    async def _judge(self, answer: httpx.Response, said: str) -> None:
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (answer.status_code, said, answer.text[:300])
        changed = await self.snapshot.changed()
        if changed:
            await self.snapshot.restore(changed)
        if answer.status_code >= 400:
            assert changed <= RECORDED, (answer.status_code, said, changed)

    async def post(
        self, url: str, pairs: Pairs, *, htmx: bool = False, method: str = "POST"
    ) -> httpx.Response:
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if htmx:
            headers["HX-Request"] = "true"
        return await self.send(method, url, content=form_body(pairs), headers=headers)

    async def pages(self) -> list[tuple[str, Page]]:
        """Read every page of the application in every state of the world, as its reader sees it."""
        found: list[tuple[str, Page]] = []
        for route in self.routes:
            if route.method != "GET" or route.streams:
                continue
            for values in self.world.addresses(route):
                url = route.path(values)
                for asked in (url, f"{url}?session_id={self.world.sold.session_id}"):
                    answer = await self.send("GET", asked)
                    kind = answer.headers.get("content-type", "")
                    if kind.startswith("text/html"):
                        found.append((url, read_page(answer.text, url)))
                    if not route.template.startswith("/download"):
                        break
        return found
