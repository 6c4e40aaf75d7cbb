"""A crowd of watchers in a process of its own, told what to do over its standard input."""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

MARGIN = 500
PAUSE_SECONDS = 0.5
LONGEST_LINE = 64 * 1024 * 1024

Target = tuple[int, str]
Arrival = tuple[int, float]


def allow_files(count: int) -> None:
    """Let this process and its children open `count` files and a few more. Raises ValueError when they may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + MARGIN
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))


class Crowd:
    """Event streams that watch `targets` (port, path), numbered in their order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def join(self, targets: Sequence[Target], mark: str = "data:") -> float:
        """Open a stream for each target; return the seconds until all have been told how their page stands."""
        return (await self._tell({"join": list(targets), "mark": mark}))["seconds"]

    async def forget(self) -> None:
        """Let what has arrived so far count for nothing."""
        await self._tell({"forget": True})

    async def heard(self, count: int, within: float) -> None:
        """Return once `count` pieces have arrived since then, or when the time is over."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if (await self._tell({"count": True}))["count"] >= count:
                return
            await asyncio.sleep(PAUSE_SECONDS)

    async def arrivals(self) -> tuple[list[Arrival], int]:
        """Return (watcher, time) of each piece with the mark since then, and how many streams were cut."""
        answer = await self._tell({"report": True})
        return [(number, moment) for number, moment in answer["arrivals"]], answer["lost"]

    async def leave(self) -> None:
        await self._tell({"leave": True})

    async def _tell(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError("the watchers' process ended")
        return json.loads(line)


@asynccontextmanager
async def crowd() -> AsyncGenerator[Crowd]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.watchers"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        yield Crowd(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
