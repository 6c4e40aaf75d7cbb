"""The processes that are measured: web servers, the worker, the bare server; each on the cores it is given."""

import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from app.sandbox.errors import SandboxError
from app.sandbox.process import HOST, Child, free_port, wait_for_port

HELLO = "bench.hello:app"
# One core serves, the other asks.
SERVER_CORE, CLIENT_CORE = 0, -1
KILOBYTE = 1024
LOG_SHOWN = 2000


def cores(which: int) -> set[int]:
    """Return the core at `which` of those this machine gives us."""
    available = sorted(os.sched_getaffinity(0))
    return {available[which % len(available)]}


def all_cores() -> set[int]:
    return set(range(os.cpu_count() or 1))


@dataclass(frozen=True)
class Server:
    """A running web server."""

    child: Child
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def resident_kilobytes(self) -> float:
        return psutil.Process(self.child.pid).memory_info().rss / KILOBYTE

    def cpu_seconds(self) -> float:
        times = psutil.Process(self.child.pid).cpu_times()
        return times.user + times.system

    def metric(self, name: str) -> float:
        """Return one of `/metrics`' figures, added up over its labels."""
        text = httpx.get(f"{self.url}/metrics", trust_env=False).text
        lines = (line for line in text.splitlines() if line.startswith((f"{name} ", f"{name}{{")))
        return sum(float(line.rpartition(" ")[2]) for line in lines)


def _folder() -> Path:
    return Path(os.environ["BENCH_FOLDER"])


def _spawn(command: Sequence[str], name: str, on: set[int] | None, **env: str) -> Child:
    child = Child(
        [sys.executable, "-m", *command],
        env={**os.environ, **env},
        output=_folder() / f"{name}.log",
    )
    os.sched_setaffinity(child.pid, on or all_cores())
    return child


@contextmanager
def _serving(
    name: str, port: int, command: Sequence[str], on: set[int] | None
) -> Generator[Server]:
    # Who asks may say from where, as a proxy would.
    own = {"MAYFLY_BASE_URL": f"http://{HOST}:{port}", "MAYFLY_TRUSTED_PROXIES": HOST}
    child = _spawn(command, name, on, **own)
    try:
        wait_for_port(child, port, name)
        yield Server(child, port)
    except SandboxError:
        print((_folder() / f"{name}.log").read_text()[-LOG_SHOWN:], file=sys.stderr)
        raise
    finally:
        child.stop()


@contextmanager
def web(on: set[int] | None = None) -> Generator[Server]:
    """Serve the application in one process, by the command that serves it everywhere."""
    port = free_port()
    with _serving("web", port, ["app.cli", "serve", "--port", str(port)], on) as server:
        yield server


@contextmanager
def hello(on: set[int] | None = None) -> Generator[Server]:
    """Serve the bare application as the real one is served."""
    port = free_port()
    command = ["uvicorn", HELLO, "--port", str(port), "--no-access-log", "--no-server-header"]
    with _serving("hello", port, [*command, "--no-proxy-headers"], on) as server:
        yield server


@contextmanager
def worker(base_url: str, on: set[int] | None = None) -> Generator[None]:
    """Run the job process for the web server at `base_url`."""
    child = _spawn(["app.worker"], "worker", on, MAYFLY_BASE_URL=base_url)
    try:
        time.sleep(1.5)  # until it listens: jobs queued before would be found a poll later
        yield
    finally:
        child.stop()


@contextmanager
def postgres_on(which: set[int]) -> Generator[None]:
    """Keep every process of the database server on the given cores inside the block."""
    _pin_postgres(which)
    try:
        yield
    finally:
        _pin_postgres(all_cores())


def _pin_postgres(which: set[int]) -> None:
    server = psutil.Process(int(os.environ["BENCH_POSTGRES_PID"]))
    for process in [server, *server.children(recursive=True)]:
        os.sched_setaffinity(process.pid, which)
