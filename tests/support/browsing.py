"""The browser of a test process: one for the run, for every folder whose tests need it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.support.browser import ARGUMENTS, find_browser
from tests.support.patience import PATIENCE_SECONDS

PATIENCE_MS = PATIENCE_SECONDS * 1000


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=find_browser(), args=list(ARGUMENTS)
        )
        yield started
        await started.close()
