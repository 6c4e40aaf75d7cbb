"""One buyer with a browser: presses the button, pays, comes back for the file, and tries again when something breaks."""

import asyncio
import random
import re
import ssl
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.core.ids import new_short_id
from app.pages.loading import PageRecord
from bench.chaos.stripe_account import StripeAccount

PATIENCE_SECONDS = 90.0
AGAIN_SECONDS = (0.2, 0.6)
SESSION = re.compile(r"cs_[A-Za-z0-9_]+")
# Making one takes longer than a request.
TLS = ssl.create_default_context()


class OutOfPatience(Exception):
    """Something did not work for as long as a buyer waits."""


@dataclass
class Diary:
    """What all buyers did and were told. `paid` are payment sessions, `received` those whose file came whole, and
    `turned_away` those who were told that there is no file, for the money goes back."""

    paid: dict[str, str] = field(default_factory=dict[str, str])
    received: set[str] = field(default_factory=set[str])
    turned_away: set[str] = field(default_factory=set[str])
    refused: int = 0
    left: int = 0
    retries: int = 0
    stuck: list[str] = field(default_factory=list[str])

    @property
    def tried(self) -> int:
        return len(self.paid) + self.refused + self.left


class Buyer:
    """A browser with cookies and an address of its own; `base` is the one address of all web processes."""

    def __init__(self, base: str, diary: Diary, stripe: StripeAccount) -> None:
        self.base, self.diary, self.stripe = base, diary, stripe
        self.email = f"{new_short_id()}@example.com"
        self._client = httpx.AsyncClient(
            base_url=base, headers={"Origin": base}, verify=TLS, timeout=20, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def reserve(self, page: PageRecord) -> str | None:
        """Look at the page and press the button; return the payment session, None when all is gone.

        Pressing again after an error sends the very same form.
        """
        path = f"/p/{page.short_id}"
        await self.ask("GET", path, good=(200,))
        form = {"email": self.email, "attempt": new_short_id()}
        form[f"item[{page.contents[0].id}]"] = "1"
        answer = await self.ask("POST", f"{path}/checkout", good=(303, 409), data=form)
        if answer.status_code == 409:
            return None
        found = SESSION.search(answer.headers["location"])
        if found is None:
            raise OutOfPatience(f"no payment page but {answer.headers['location']}")
        return found.group(0)

    async def pay(self, session_id: str) -> bool:
        """Pay. False when the payment page was closed before."""
        paid = await self.stripe.pay(session_id)
        if paid:
            self.diary.paid[session_id] = self.email
        return paid

    async def fetch(self, session_id: str, data: bytes) -> bool:
        """Come back from the payment page for the bought file, which is `data`. False when the money goes back."""
        until, last = asyncio.get_running_loop().time() + PATIENCE_SECONDS, ""
        while asyncio.get_running_loop().time() < until:
            answer = await self.ask(
                "GET", "/api/download-link", good=(200, 403), params={"session_id": session_id}
            )
            if answer.status_code == 200:
                last = await self._download(answer.json()["url"], data)
                if not last:
                    self.diary.received.add(session_id)
                    return True
            elif "confirmed yet" not in answer.text:
                self.diary.turned_away.add(session_id)
                return False
            await self._wait()
        raise OutOfPatience(f"paid and never told: {session_id} {last}")

    async def give_up(self, page: PageRecord) -> None:
        """Release what is held."""
        await self.ask("POST", f"/p/{page.short_id}/hold/release", good=(303,))

    async def ask(
        self, method: str, path: str, good: tuple[int, ...], **form: Any
    ) -> httpx.Response:
        """Ask until an answer is one of the `good` ones. Anything but an outage in between is a finding."""
        until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        last = ""
        while asyncio.get_running_loop().time() < until:
            try:
                answer = await self._client.request(method, path, **form)
            except httpx.HTTPError as error:
                last = repr(error)
            else:
                if answer.status_code in good:
                    return answer
                last = f"{answer.status_code} {answer.text[:200]}"
                if answer.status_code < 500:
                    break
            self.diary.retries += 1
            await self._wait()
        raise OutOfPatience(f"{method} {path}: {last}")

    async def _download(self, url: str, data: bytes) -> str:
        """Follow the link to the object store until the file has come whole, and return "".

        Where the shop itself refuses the link, return what it said: the seller may have given the money back since the
        link was made, and then it never works. Whoever asks for a new link is told what is true now.
        """
        until, last = asyncio.get_running_loop().time() + PATIENCE_SECONDS, ""
        while asyncio.get_running_loop().time() < until:
            try:
                answer = await self._client.get(url, follow_redirects=True)
            except httpx.HTTPError as error:
                last = repr(error)
            else:
                if answer.status_code == 200:
                    if answer.content != data:
                        raise OutOfPatience(
                            f"other bytes than were bought: {answer.content[:40]!r}"
                        )
                    return ""
                last = f"{answer.status_code} {answer.text[:200]}"
                if answer.is_client_error and not answer.history:
                    return last
            self.diary.retries += 1
            await self._wait()
        raise OutOfPatience(f"the file never came: {url[:80]}: {last}")

    async def _wait(self) -> None:
        await asyncio.sleep(random.uniform(*AGAIN_SECONDS))
