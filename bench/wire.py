"""HTTP/1.1 with as little of a client as a measurement needs: one kept connection, raw bytes out, raw bytes in."""

import asyncio
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """A response; header names are in lower case. `size` counts all bytes that came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes
    size: int

    def text(self) -> str:
        return self.body.decode()


class Wire:
    """One connection to a server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.origin = url

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, b"", headers)

    async def post(self, path: str, body: bytes, **headers: str) -> Answer:
        """Send a form, as a browser of this origin would."""
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return await self.ask("POST", path, body, {**form, **headers})

    async def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await self._answer()

    async def _answer(self) -> Answer:
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in rest)
        }
        if headers.get("transfer-encoding") == "chunked":
            body, size = await self._chunks()
        else:
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
            size = len(body)
        return Answer(int(first.split()[1]), headers, body, len(head) + size)

    async def _chunks(self) -> tuple[bytes, int]:
        body, size = b"", 0
        while True:
            line = await self.reader.readline()
            chunk = await self.reader.readexactly(int(line, 16) + 2)
            size += len(line) + len(chunk)
            if len(chunk) == 2:
                return body, size
            body += chunk[:-2]
