"""A browser's side of a live page over the network."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

import httpx

from tests.support.patience import PATIENCE_SECONDS

# A machine that does much else at the same time takes long to say anything.


@dataclass
class LiveReader:
    """Made by `await LiveReader(url).open()`."""

    url: str
    updates: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)
    retry: int = 0

    async def open(self) -> Self:
        self.task = asyncio.create_task(self._read())
        return self

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def next(self) -> str:
        """Return the data of the next update. Raises EOFError when the stream has ended."""
        update = await asyncio.wait_for(self.updates.get(), PATIENCE_SECONDS)
        if update is None:
            raise EOFError
        return update

    async def last_retry(self) -> int:
        """Wait for the end of the stream; return what it said last about coming back, in milliseconds."""
        await asyncio.wait_for(self.task, PATIENCE_SECONDS)
        return self.retry

    async def _read(self) -> None:
        try:
            async with (
                httpx.AsyncClient(timeout=None, trust_env=False) as client,
                client.stream("GET", self.url) as answer,
            ):
                await self._take_all(answer)
        finally:
            self.updates.put_nowait(None)

    async def _take_all(self, answer: httpx.Response) -> None:
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = fields.get(name, "") + value
            else:
                self._take(fields)
                fields = {}

    def _take(self, fields: dict[str, str]) -> None:
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "event" not in fields and "data" in fields:
            self.updates.put_nowait(fields["data"])
