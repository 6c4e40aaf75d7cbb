"""The same world that fuzz/ attacks, seen by outsiders and other roles; and a server of its own for hostile clients."""

import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fuzz.conftest import attack
from tests.support.patience import PATIENCE_SECONDS
from tests.support.wire import wire


class Server:
    """The application in a process of its own, as `mayfly serve` starts it, with everything that it logs."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.log = folder / "log"
        self.base = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
        environment = {
            **os.environ,
            "MAYFLY_BASE_URL": self.base,
            "MAYFLY_LOG_LEVEL": "DEBUG",
            "MAYFLY_POOL_MAX": "5",
            "PYTHONWARNINGS": "ignore",
        }
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    async def wait(self) -> None:
        async with wire(base_url=self.base) as client:
            for _ in range(10 * PATIENCE_SECONDS):
                if self.process.poll() is not None:
                    raise RuntimeError(self.said())
                try:
                    if (await client.get("/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await _moment()
        raise RuntimeError("the server did not start: " + self.said())


async def _moment() -> None:
    import asyncio

    await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: Any) -> AsyncGenerator[Server, None]:
    from app.sandbox.process import free_port

    started = Server(tmp_path_factory.mktemp("server"), free_port())
    try:
        await started.wait()
        yield started
    finally:
        started.process.terminate()
        started.process.wait(PATIENCE_SECONDS)


__all__ = ["Server", "attack", "server"]
