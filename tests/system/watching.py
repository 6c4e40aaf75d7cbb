"""What no page may do, whatever it is opened for: complain on the console, break the policy, ask a stranger."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# A refused answer is noted with its address by `_answered`; the console says only that there was one.
SAID_TWICE = "Failed to load resource"
INLINE = ("data", "blob", "about")


@dataclass
class Watch:
    """Notes what the pages of one browser context do wrong. `allowed` statuses from 400 on are part of the test."""

    origins: frozenset[str]
    allowed: set[int] = field(default_factory=set[int])
    complaints: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", self._threw)
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and SAID_TWICE not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _threw(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        self.asked.append(request.url)
        if parts.scheme not in INLINE and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.complaints.append(f"stranger: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.complaints.append(f"{response.status}: {response.url}")
