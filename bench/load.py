"""Requests a second of one address: by wrk where it is installed, else by a client of our own."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path
from typing import cast

from bench.processes import CLIENT_CORE, HOST, cores

CONNECTIONS = 32
# A person's browser, so that a page's visits are counted.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Bench"
STRANGERS = Path(__file__).with_name("strangers.lua")


@dataclass(frozen=True)
class Load:
    """A GET that is repeated on every connection as soon as it is answered; by `strangers`, each time by another visitor."""

    port: int
    path: str = "/"
    accept_encoding: str = "gzip, br"
    strangers: bool = False

    def per_second(self, seconds: float) -> float:
        """Return how many requests a second are answered with 200, asked from the client's core."""
        return self._wrk(seconds) if shutil.which("wrk") else self._own(seconds)

    def _wrk(self, seconds: float) -> float:
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s"]
        command += ["-H", f"Accept-Encoding: {self.accept_encoding}"]
        command += ["-s", str(STRANGERS)] if self.strangers else ["-H", f"User-Agent: {BROWSER}"]
        output = _on_client_core([*command, f"http://{HOST}:{self.port}{self.path}"])
        if "Non-2xx" in output:
            raise RuntimeError(f"{self.path} was refused:\n{output}")
        found = re.search(r"Requests/sec:\s+([\d.]+)", output)
        assert found is not None, output
        return float(found.group(1))

    def _own(self, seconds: float) -> float:
        strangers = "strangers" if self.strangers else ""
        values = [str(self.port), self.path, self.accept_encoding, strangers, str(seconds)]
        return float(_on_client_core([sys.executable, "-m", "bench.load", *values]))


def _on_client_core(command: list[str]) -> str:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        os.sched_setaffinity(process.pid, cores(CLIENT_CORE))
        output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {output}")
    return output


class _Asker(asyncio.Protocol):
    """Sends one request as often as it is answered; trusts that all answers are as long as the first."""

    def __init__(self, request: Callable[[], bytes]) -> None:
        self.request = request
        self.answered, self.length, self.got = 0, 0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request())

    def data_received(self, data: bytes) -> None:
        self.got += data
        if not self.length and b"\r\n\r\n" in self.got:
            head, _, _ = self.got.partition(b"\r\n\r\n")
            if b" 200 " not in head[:15]:
                raise RuntimeError(head.decode("latin-1"))
            found = re.search(rb"content-length: (\d+)", head.lower())
            assert found is not None
            self.length = len(head) + 4 + int(found.group(1))
        if self.length and len(self.got) >= self.length:
            self.answered, self.got = self.answered + 1, b""
            self.transport.write(self.request())


def _requests(path: str, accept_encoding: str, *, strangers: bool) -> Callable[[], bytes]:
    """Return what makes the next request."""
    head = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: {accept_encoding}\r\nUser-Agent: {BROWSER}"
    same = f"{head}\r\n\r\n".encode()
    networks = (IPv4Address("10.0.0.0") + number for number in count())
    return lambda: (
        f"{head}\r\nX-Forwarded-For: {next(networks)}\r\n\r\n".encode() if strangers else same
    )


async def _ask(port: int, path: str, accept_encoding: str, strangers: str, seconds: float) -> float:
    request = _requests(path, accept_encoding, strangers=bool(strangers))
    loop = asyncio.get_running_loop()
    askers = [_Asker(request) for _ in range(CONNECTIONS)]
    for asker in askers:
        await loop.create_connection(lambda asker=asker: asker, HOST, port)
    started, before = time.monotonic(), sum(asker.answered for asker in askers)
    await asyncio.sleep(seconds)
    return (sum(asker.answered for asker in askers) - before) / (time.monotonic() - started)


if __name__ == "__main__":
    import uvloop

    own = sys.argv[1:]
    print(uvloop.run(_ask(int(own[0]), own[1], own[2], own[3], float(own[4]))))
