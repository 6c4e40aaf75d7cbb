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

from tests.support.browsing import PATIENCE_MS
from tests.system.people import DESK, PHONE

SCRIPT = Axe().axe_script
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# The editor's preview is looked at by itself.
OPTIONS = {"resultTypes": ["violations"], "iframes": False, "preload": False}
# Content that is wider than a phone must scroll by itself, not with the page (WCAG 1.4.10).
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Even with reduced motion a colour takes a frame to change.
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# What each visible element's contrast depends on.
LOOKS = """() => new Map([...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility()).map((one) => {
  const { color, backgroundColor, fontSize, fontWeight } = getComputedStyle(one);
  return [one, [color, backgroundColor, fontSize, fontWeight].join()];
}))"""
NOTE_LOOKS = f"window.looksOnDesk = ({LOOKS})(); 0"
# The elements that look otherwise on a phone, or are only there; 0 when there are none.
OTHERWISE = f"""window.otherwise = [...({LOOKS})()].filter(([one, look]) => looksOnDesk.get(one) !== look)
  .map(([one]) => one); otherwise.length"""

# What the contrast of a text depends on: its colour and size, and all that is painted below it. One element for each such
# pairing that was never judged before; its key is remembered once it was found good.
UNJUDGED = """(judged) => {
  const known = new Set(judged), fresh = new Map();
  const below = (one) => {
    const layers = [];
    for (let at = one; at; at = at.parentElement) {
      const { backgroundColor, backgroundImage, opacity, filter } = getComputedStyle(at);
      layers.push(backgroundColor, backgroundImage, opacity, filter);
      if (backgroundImage === "none" && !/rgba|transparent|\\//.test(backgroundColor)) break;
    }
    return layers;
  };
  for (const one of document.body.querySelectorAll("*")) {
    const speaks = one.matches("input, select, textarea") || [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!speaks || !one.checkVisibility()) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(one), { width, height } = one.getBoundingClientRect();
    const judgedAtAll = [width > 1 && height > 1, one.matches(":disabled, :disabled *, [aria-disabled=true], [aria-disabled=true] *")];
    const key = [color, fontSize, fontWeight, ...judgedAtAll, ...below(one)].join();
    if (!known.has(key) && !fresh.has(key)) fresh.set(key, one);
  }
  window.unjudged = [...fresh.values()];
  return [...fresh.keys()];
}"""
_judged: set[str] = set()


@dataclass
class Audit:
    """Goes through pages and notes what is wrong and where it has been. Without `rules`: all that axe has."""

    page: Page
    rules: dict[str, Any] | None = field(default_factory=lambda: RULES)
    found: list[str] = field(default_factory=list[str])
    paths: list[str] = field(default_factory=list[str])
    armed: bool = False

    async def visit(self, *addresses: str) -> None:
        for address in addresses:
            await self.page.goto(address)
            await self.look(address)

    async def look(self, name: str) -> None:
        """Look at what is open now, as it is: light on a desk, light and dark on a phone.

        On the phone only what looks otherwise than on the desk, or is only there, is looked at again. The contrast of a
        text with what is below it is judged once for each such pairing, wherever it comes first.
        """
        self.paths.append(urlsplit(self.page.url).path)
        await self._arm()
        await self.page.evaluate(NOTE_LOOKS)
        self._note(f"{name} at {DESK}", await self._run(self.rules))
        await self._judge_contrast(f"{name} at {DESK}")
        await self._measure(name, DESK)
        await self.page.set_viewport_size({"width": PHONE, "height": 844})
        await self._measure(name, PHONE)
        if await self.page.evaluate(OTHERWISE):
            self._note(f"{name} at {PHONE}", await self._run(self.rules, "otherwise"))
            await self._judge_contrast(f"{name} at {PHONE}")
        await self.page.emulate_media(color_scheme="dark")
        await self._judge_contrast(f"{name} at {PHONE}, dark")
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": DESK, "height": 844})

    async def _arm(self) -> None:
        """Bring axe into this page, and into those that this browser will open."""
        if not self.armed:
            await self.page.add_init_script(SCRIPT)
            self.armed = True
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(SCRIPT)

    async def _judge_contrast(self, where: str) -> None:
        await self.page.evaluate(SETTLED)
        if fresh := await self.page.evaluate(UNJUDGED, list(_judged)):
            violations = await self._run(CONTRAST, "unjudged")
            self._note(where, violations)
            _judged.update(fresh if not violations else ())

    async def _measure(self, name: str, width: int) -> None:
        if (excess := await self.page.evaluate(TOO_WIDE)) > 0:
            self.found.append(f"{name} at {width}: {excess} px too wide")

    async def _run(
        self, rules: dict[str, Any] | None, of: str = "document"
    ) -> list[dict[str, Any]]:
        others = {} if rules is CONTRAST else {"rules": {"color-contrast": {"enabled": False}}}
        options = json.dumps({**OPTIONS, **others, **({"runOnly": rules} if rules else {})})
        # A page whose scripts are forbidden would never answer.
        async with asyncio.timeout(PATIENCE_MS / 1000):
            await self.page.evaluate(SETTLED)
            results = await self.page.evaluate(f"axe.run({of}, {options})")
        assert results["passes"] or of != "document", "axe looked at nothing"
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
