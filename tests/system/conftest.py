"""People at the browser for the journeys: a fresh context for each, and an eye on what it does."""

import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser

from tests.support import environment

# The application reads its settings when it is imported, and they stand only after all conftests are read.
if TYPE_CHECKING:
    from tests.system.people import Visitors


@pytest.fixture
def real_time(clock: Any) -> None:
    """The clock runs: browsers, the payment sandbox and the app must agree on the time."""
    from app.core.clock import SystemClock, use_clock

    use_clock(SystemClock())


@pytest.fixture
async def visitors(
    app: Any, real_time: None, browser: Browser, web_server: str
) -> "AsyncIterator[Visitors]":
    from tests.system.people import Visitors

    place = environment.shared()
    store = os.environ["MAYFLY_S3_ENDPOINT"]
    addresses = (web_server, store, place["stripe_base"], place["inbox_url"])
    origins = frozenset(f"http://{urlsplit(address).netloc}" for address in addresses)
    opened = Visitors(browser, web_server, origins)
    yield opened
    complaints = [line for _context, watch in opened.contexts for line in watch.complaints]
    await opened.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
async def shop(app: Any, worker: None, stripe_account: Any, web_server: str) -> Any:
    """The payment sandbox, told to send its webhooks here, with a worker that acts on them."""
    await stripe_account.switches(webhook_url=f"{web_server}/webhooks/stripe")
    return stripe_account
