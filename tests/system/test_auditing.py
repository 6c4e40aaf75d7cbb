"""The audit itself: it finds a text that can't be read, in the light and in the dark, however often it was asked."""

import pytest
from playwright.async_api import Browser

from tests.system.auditing import Audit

pytestmark = pytest.mark.system

PAGE = """<!doctype html><html lang="en"><title>A page</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>{style}</style><main><h1>A heading</h1><section><p>Some words</p></section></main></html>"""
GOOD = "body { color: light-dark(#111, #eee); background: light-dark(#fff, #000) }"


@pytest.mark.parametrize(
    ("style", "where"),
    [
        ("p { color: #ccc; background: #fff }", "desk at 1280: color-contrast"),
        (
            "section { background: light-dark(#fff, #333) } p { color: light-dark(#000, #444) }",
            "dark: color-contrast",
        ),
        ("@media (max-width: 40rem) { p { color: #777; background: #888 } }", "at 390"),
        ("@media (max-width: 40rem) { p { width: 60rem } }", "too wide"),
        ("", None),
    ],
)
async def test_what_is_wrong_is_found_each_time(
    browser: Browser, style: str, where: str | None
) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 844})
    for _again in range(2):
        audit = Audit(page)
        await page.set_content(PAGE.format(style=f"{GOOD} {style}"))
        await audit.look("desk")
        found = "\n".join(audit.found)
        assert (where in found) if where else not found, found
    await page.close()
