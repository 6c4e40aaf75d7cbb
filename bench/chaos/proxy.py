"""A TCP relay that can be told to misbehave: cut what is open, refuse what is new, or fall silent."""

import asyncio
import contextlib
import random
from collections.abc import Sequence

from app.sandbox.process import HOST

CHUNK = 64 * 1024
CONNECT_SECONDS = 2.0


class Relay:
    """Relays to one of `targets` (ports of this machine), whichever answers; `cuts` counts the connections it broke."""

    def __init__(self, targets: Sequence[int]) -> None:
        self.targets = list(targets)
        self.port = 0
        self.cuts = 0
        # The tasks are kept here too: the event loop itself would let them be collected.
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._relay, HOST, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """Break every open connection, whatever it is in the middle of."""
        for writer in tuple(self._open):
            self.cuts += 1
            writer.transport.abort()

    async def silence(self) -> None:
        """Pass nothing on, in either direction, until `cut_silence`: the other side is there and says nothing."""
        self._flows.clear()

    async def cut_silence(self) -> None:
        """End the silence by breaking what waited in it."""
        await self.cut()
        self._flows.set()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        pumps: list[asyncio.Task[None]] = []
        try:
            found = await self._connect()
            if found is None:
                return
            far_reader, far_writer = found
            try:
                pumps.append(asyncio.create_task(self._pump(reader, far_writer)))
                pumps.append(asyncio.create_task(self._pump(far_reader, writer)))
                # Nobody here half-closes: when one side is done, so is the other.
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                far_writer.close()
        finally:
            for pump in pumps:
                pump.cancel()
            del self._open[writer]
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in random.sample(self.targets, len(self.targets)):
            with contextlib.suppress(OSError, TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection(HOST, port), CONNECT_SECONDS)
        return None

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                await self._flows.wait()
                target.write(data)
                await target.drain()
