"""Visitors who keep a page open: thousands of event streams in one process, which notes when each got what.

Reads one JSON line a command: {"join": [[port, path], …], "mark": text}, {"forget": true}, {"count": true}, {"report": true}, {"leave": true};
answers each with one. Times are wall clock seconds, which all processes of one machine share.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any, cast

import uvloop

from bench.processes import HOST

AT_ONCE = 64
JOIN_SECONDS = 30


@dataclass
class Crowd:
    """All watchers of this process; `arrivals` holds (watcher, time) of each piece that has the mark in it."""

    mark: bytes = b"data:"
    arrivals: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    watchers: list["Watcher"] = field(default_factory=list["Watcher"])
    lost: int = 0


class Watcher(asyncio.Protocol):
    """One event stream, parsed as little as can be: whether the mark is in what came."""

    def __init__(self, crowd: Crowd, number: int, request: bytes) -> None:
        self.crowd, self.number, self.request = crowd, number, request
        self.welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if not self.welcome.done():
            # The stream begins with how the page stands.
            if b"data:" in data:
                self.welcome.set_result(None)
            return
        if self.crowd.mark in data:
            self.crowd.arrivals.append((self.number, time.time()))

    def connection_lost(self, exc: Exception | None) -> None:
        self.crowd.lost += 1
        if not self.welcome.done():
            self.welcome.set_exception(exc or ConnectionError("refused"))


async def join(crowd: Crowd, targets: list[tuple[int, str]]) -> dict[str, Any]:
    turns = asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one(port: int, path: str) -> None:
        request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept: text/event-stream\r\n\r\n"
        watcher = Watcher(crowd, len(crowd.watchers), request.encode())
        crowd.watchers.append(watcher)
        async with turns:
            await loop.create_connection(lambda: watcher, HOST, port)
            await watcher.welcome

    started = time.monotonic()
    async with asyncio.timeout(JOIN_SECONDS):
        await asyncio.gather(*(one(port, path) for port, path in targets))
    return {"joined": len(targets), "seconds": time.monotonic() - started}


async def leave(crowd: Crowd) -> dict[str, Any]:
    for watcher in crowd.watchers:
        watcher.transport.close()
    await asyncio.sleep(0.5)
    crowd.watchers.clear()
    return {"left": True}


async def obey(crowd: Crowd, command: dict[str, Any]) -> dict[str, Any]:
    if "join" in command:
        crowd.mark = command["mark"].encode()
        crowd.arrivals.clear()
        crowd.lost = 0
        return await join(crowd, command["join"])
    if "leave" in command:
        return await leave(crowd)
    if "forget" in command:
        crowd.arrivals.clear()
        return {"forgot": True}
    if "count" in command:
        return {"count": len(crowd.arrivals)}
    return {"arrivals": crowd.arrivals, "lost": crowd.lost}


async def main() -> None:
    crowd = Crowd()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await obey(crowd, json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
