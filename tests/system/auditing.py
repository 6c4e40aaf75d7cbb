"""Looking at pages with axe: WCAG 2.1 A and AA, on a phone and on a desk, and the contrast of the dark colours too."""

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.system.people import DESK, PATIENCE_MS, PHONE

SCRIPT = Axe().axe_script
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# The editor's preview is looked at by itself.
OPTIONS = {"resultTypes": ["violations"], "iframes": False, "preload": False}
# Content that is wider than a phone must scroll by itself, not with the page (WCAG 1.4.10).
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Even with reduced motion a colour takes a frame to change.
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class Audit:
    """Goes through pages and notes what is wrong and where it has been."""

    page: Page
    found: list[str] = field(default_factory=list[str])
    paths: list[str] = field(default_factory=list[str])

    async def visit(self, *addresses: str) -> None:
        for address in addresses:
            await self.page.goto(address)
            await self.look(address)

    async def look(self, name: str) -> None:
        """Look at what is open now, as it is."""
        self.paths.append(urlsplit(self.page.url).path)
        await self.page.evaluate(SCRIPT)
        for width in (DESK, PHONE):
            await self.page.set_viewport_size({"width": width, "height": 844})
            self._note(f"{name} at {width}", await self._run(RULES))
            if (excess := await self.page.evaluate(TOO_WIDE)) > 0:
                self.found.append(f"{name} at {width}: {excess} px too wide")
        await self.page.emulate_media(color_scheme="dark")
        self._note(f"{name} in the dark", await self._run(CONTRAST))
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": DESK, "height": 844})

    async def _run(self, rules: dict[str, Any]) -> list[dict[str, Any]]:
        options = json.dumps({**OPTIONS, "runOnly": rules})
        # A page whose scripts are forbidden would never answer.
        async with asyncio.timeout(PATIENCE_MS / 1000):
            await self.page.evaluate(SETTLED)
            results = await self.page.evaluate(f"axe.run({options})")
        assert results["passes"], "axe looked at nothing"
        return results["violations"]

    def _note(self, name: str, violations: Iterable[dict[str, Any]]) -> None:
        for violation in violations:
            for node in violation["nodes"]:
                why = " ".join(node["failureSummary"].split())
                self.found.append(f"{name}: {violation['id']} {node['target']} {why}")

    def verdict(self, app: Any, pages: set[str]) -> None:
        """Nothing was found, and every address of `pages` (as routes) has been seen."""
        missed = pages - {route_of(app, path) for path in self.paths}
        assert not missed, f"not looked at: {sorted(missed)}"
        assert not self.found, "\n".join(self.found)


def route_of(app: Any, path: str) -> str | None:
    """Return the route that answers `path`: of those that fit, the one with the fewest parameters."""
    fits = [
        route
        for route in get_routes(app)
        if re.fullmatch(re.sub(r"\\{.+?\\}", "[^/]+", re.escape(route)), path)
    ]
    return min(fits, key=lambda route: route.count("{"), default=None)


def get_routes(app: Any) -> set[str]:
    return {route.path_format for route in app.routes if "GET" in (route.methods or ())}
