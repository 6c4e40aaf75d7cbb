"""People at their browsers: each has a context of their own, and is watched."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page

from app.auth.cookies import session_cookies
from app.auth.sessions import start_session
from app.auth.viewer import Viewer
from app.core.clock import utc_now
from tests.support.browsing import PATIENCE_MS
from tests.system.watching import Watch

PHONE, DESK = 390, 1280
# The event stream begins with the server's clock.
NOTE_THE_STREAM = 'document.addEventListener("clock", () => { document.documentElement.dataset.heardClock = ""; });'
# Whatever a page's policy refuses is an error of the page: nothing of ours is inline, or from anywhere else.
NOTICE = """document.addEventListener("securitypolicyviolation", (refused) => {
  console.error(`policy: ${refused.effectiveDirective} ${refused.blockedURI} in ${refused.documentURI}`);
});"""


@dataclass
class Visitors:
    """Opens browsers for people. What any of them complained about fails the test at its end."""

    browser: Browser
    base: str
    origins: frozenset[str]
    contexts: list[tuple[BrowserContext, Watch]] = field(
        default_factory=list[tuple[BrowserContext, Watch]]
    )

    async def __call__(
        self, viewer: Viewer | None = None, *, width: int = DESK, **options: Any
    ) -> Page:
        """Return an empty page in a browser of its own, logged in when there is a `viewer`.

        `options` are those of Playwright's `new_context`.
        """
        options = {"base_url": self.base, "locale": "en-GB", "timezone_id": "UTC", **options}
        context = await self.browser.new_context(
            viewport={"width": width, "height": 844}, **options
        )
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(NOTE_THE_STREAM)
        await context.add_init_script(NOTICE)
        watch = Watch(self.origins)
        watch.over(context)
        self.contexts.append((context, watch))
        if viewer is not None:
            await self._log_in(context, viewer)
        return await context.new_page()

    def watch(self, page: Page) -> Watch:
        """Return what is noted of a page's browser."""
        return next(watch for context, watch in self.contexts if context is page.context)

    async def close(self) -> None:
        for context, _watch in self.contexts:
            with suppress(Error):
                await context.close()

    async def _log_in(self, context: BrowserContext, viewer: Viewer) -> None:
        tokens = await start_session(viewer.user_id, utc_now(), ip="127.0.0.1", user_agent="")
        await context.add_cookies(
            [
                {"name": cookie.key, "value": cookie.value or "", "url": self.base}
                for cookie in session_cookies(tokens)
            ]
        )
