"""Slow, broken and rude clients on a real server: they are let go, and nobody else waits for them."""

import asyncio
import contextlib
import socket
import struct
import time
from typing import Any, cast

import httpx
import pytest

from app.core import patience
from tests.security.conftest import Server
from tests.support.patience import PATIENCE_SECONDS
from tests.support.wire import wire

# Its servers are started once.
pytestmark = pytest.mark.xdist_group("hostile")

AS_ALWAYS = patience.HEADER_SECONDS
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


async def _open(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", server.port)


async def _raw(
    server: Server, sent: bytes, *, half_close: bool = False, seconds: float = 2
) -> bytes:
    """Send bytes, return all that comes back until the server closes or `seconds` have passed."""
    reader, writer = await _open(server)
    writer.write(sent)
    if half_close:
        writer.write_eof()
    got = b""
    try:
        async with asyncio.timeout(seconds):
            while piece := await reader.read(65_536):
                got += piece
                if b"\r\n\r\n" in got and b"connection: close" not in got.lower():
                    break
    except (TimeoutError, ConnectionError):
        pass
    writer.close()
    return got


async def _healthy(server: Server) -> float:
    """Return the seconds that an ordinary visitor waits."""
    started = time.perf_counter()
    async with wire(base_url=server.base) as client:
        answer = await client.get("/login")
    assert answer.status_code == 200
    return time.perf_counter() - started


async def test_slow_clients_hold_nobody_up(server: Server) -> None:
    beginnings = (
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /login HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 5000\r\n\r\nemail=",
    )
    held = [await _open(server) for _ in range(200)]
    for number, (_reader, writer) in enumerate(held):
        writer.write(beginnings[number % len(beginnings)])
    waits = [await _healthy(server) for _ in range(5)]
    assert sorted(waits)[2] < AS_ALWAYS
    for _reader, writer in held:
        writer.close()
    assert server.process.poll() is None


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a", b"GARB"])
async def test_unfinished_headers_are_let_go(
    monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    """In this process, so that the wait can be short: the protocol closes, also while something trickles in."""
    monkeypatch.setattr(patience, "HEADER_SECONDS", 0.4)
    async with _listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(beginning)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await reader.read(1000):
                    pass
        except ConnectionError:
            pass
        assert time.perf_counter() - started < AS_ALWAYS
        writer.close()


async def test_a_trickle_does_not_buy_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEADER_SECONDS", 0.5)
    async with _listening() as port:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    writer.write(b"X-A: b\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.05)
        writer.close()


async def test_endless_headers_are_let_go() -> None:
    async with _listening() as port:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sent = 0
        with pytest.raises(ConnectionError):
            writer.write(b"GET / HTTP/1.1\r\nX-A: ")
            while sent < 100 * patience.HEADER_BYTES:
                writer.write(b"a" * 8192)
                await writer.drain()
                sent += 8192
        assert sent < 100 * patience.HEADER_BYTES
        writer.close()


async def test_a_kept_connection_is_timed_from_its_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "HEADER_SECONDS", 0.5)
    async with _listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"204" in await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.6)
        writer.write(b"GET / HTTP/1.1\r\nHost")
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionError):
                assert await reader.read(100) == b""
        writer.close()


class _listening:  # noqa: N801 - reads like a function
    """A bare server with the patient protocol, in this process. Yields its port."""

    async def __aenter__(self) -> int:
        import uvicorn

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        config = uvicorn.Config(
            app, port=0, lifespan="off", log_level="critical", http=patience.PatientProtocol
        )
        self.server = uvicorn.Server(config)
        self.task = asyncio.create_task(self.server.serve())
        while not self.server.started:
            await asyncio.sleep(0.01)
        return int(self.server.servers[0].sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        await self.task


async def test_a_body_that_stops_coming_is_given_up(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BODY_SECONDS", 0.3)

    async def stalling() -> Any:
        yield b"email="
        await asyncio.sleep(3600)

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await client.post("/login", content=cast(Any, stalling()), headers=kind)
    assert answer.status_code == 408
    assert answer.headers["connection"] == "close"


async def test_a_half_closed_client_still_gets_its_answer(server: Server) -> None:
    sent = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    got = await _raw(server, sent, half_close=True)
    # asyncio's servers close when the client does; both are fine, hanging is not.
    assert got == b"" or got.startswith(b"HTTP/1.1 200")
    assert await _healthy(server) < AS_ALWAYS


async def test_aborted_uploads_leave_no_error_behind(server: Server) -> None:
    before = server.said().count("unexpected_error")
    for number in range(20):
        _reader, writer = await _open(server)
        writer.write(
            b"POST /login HTTP/1.1\r\nHost: x\r\n"
            + FORM
            + b"Content-Length: 500000\r\n\r\n"
            + b"a" * 20_000
        )
        await writer.drain()
        if number % 2:
            # RST instead of FIN.
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        else:
            writer.close()
    assert await _healthy(server) < AS_ALWAYS
    await asyncio.sleep(0.3)
    assert server.said().count("unexpected_error") == before, server.said()[-3000:]


GARBAGE = (
    b"\x00" * 500, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"BREW / HTTP/1.1\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    b"GET /?" + b"a=1&" * 12_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"GET //evil.example/%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"GET / HTTP/1.1\r\n\xff\xfe: x\r\n\r\n",
    b"GET %ED%A0%80 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET * HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /console HTTP/1.1\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + FORM + b"\r\n", b"GET / HTTP/1.0\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)  # fmt: skip


async def test_garbage_is_refused(server: Server) -> None:
    before = server.said().count("Traceback")
    for sent in GARBAGE:
        got = await _raw(server, sent)
        status = got[9:12]
        assert not status.startswith(b"5"), (sent[:80], got[:200])
        assert b"HTTP/1.1 200" not in got or sent.startswith((b"GET ", b"OPTIONS")), (
            sent[:80],
            got[:200],
        )
        assert got.count(b"HTTP/1.1 ") <= 2, (sent[:80], got[:300])
    assert await _healthy(server) < AS_ALWAYS
    assert server.said().count("Traceback") == before, server.said()[-3000:]


async def test_no_header_can_be_smuggled_into_an_answer(server: Server) -> None:
    """Line breaks in addresses that come back in a Location."""
    for injected in (
        b"%0d%0aSet-Cookie:%20a=b",
        b"%0aX-Injected:%201",
        b"%0d%0a%0d%0a<html>",
        b"%e5%98%8a%e5%98%8dX-Injected:1",
        b"%C4%80",
    ):
        for path in (
            b"/p/a" + injected + b"/hold",
            b"/login?next=/a" + injected,
            b"/console/pages?q=" + injected,
        ):
            got = await _raw(
                server,
                b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                seconds=PATIENCE_SECONDS,
            )
            assert got.startswith((b"HTTP/1.1 3", b"HTTP/1.1 2", b"HTTP/1.1 4")), (path, got[:200])
            head = got.partition(b"\r\n\r\n")[0].lower()
            assert b"\r\nx-injected" not in head, (path, head)
            assert b"\r\nset-cookie: a=b" not in head, (path, head)
