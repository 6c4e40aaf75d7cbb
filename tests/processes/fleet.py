"""Several processes of one installation: web processes, workers, and nginx before them."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.sandbox.process import HOST, Child, free_port, wait_for_port

ROOT = Path(__file__).parent.parent.parent
NGINX = "nginx is not installed (Debian, Ubuntu: apt-get install nginx-light)"


@dataclass
class Fleet:
    """`base_url` is what people see; `webs` are the processes' own addresses."""

    base_url: str
    webs: list[str]
    children: list[Child] = field(default_factory=list[Child])
    counts_together: bool = False

    def start(self, folder: Path, *arguments: str, **settings: str) -> Child:
        """Run `mayfly <arguments>` on this test process's servers."""
        env = {**os.environ, "MAYFLY_BASE_URL": self.base_url, "PYTHONPATH": str(ROOT)}
        env |= {"MAYFLY_POOL_MAX": "10", **settings}
        log = folder / f"{len(self.children)}.log"
        child = Child([sys.executable, "-m", "app.cli", *arguments], env=env, output=log)
        self.children.append(child)
        return child

    def stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop()


@contextmanager
def two_processes(redis_url: str = "", *, behind_nginx: bool = False) -> Generator[Fleet]:
    """Two web processes and two workers, which know of each other only through Postgres (and Redis, if given)."""
    ports, front = [free_port(), free_port()], free_port()
    webs = [f"http://{HOST}:{port}" for port in ports]
    fleet = Fleet(f"http://{HOST}:{front}" if behind_nginx else webs[0], webs)
    settings = {"MAYFLY_REDIS_URL": redis_url, "MAYFLY_TRUSTED_PROXIES": HOST}
    with tempfile.TemporaryDirectory(prefix="mayfly-fleet-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            started = [
                fleet.start(folder, "serve", "--port", str(port), **settings) for port in ports
            ]
            for _ in ports:
                fleet.start(folder, "worker", **settings)
            for child, port in zip(started, ports, strict=True):
                wait_for_port(child, port, "web")
            if behind_nginx:
                fleet.children.append(_nginx(folder, front, ports))
            yield fleet
        finally:
            fleet.stop()


@contextmanager
def one_command(workers: int) -> Generator[Fleet]:
    """`mayfly serve --workers <n>`: several processes behind one port."""
    port = free_port()
    fleet = Fleet(f"http://{HOST}:{port}", [f"http://{HOST}:{port}"])
    with tempfile.TemporaryDirectory(prefix="mayfly-fleet-") as name:
        try:
            options = ["--port", str(port), "--workers", str(workers)]
            wait_for_port(fleet.start(Path(name), "serve", *options), port, "web")
            yield fleet
        finally:
            fleet.stop()


def _nginx(folder: Path, front: int, ports: list[int]) -> Child:
    """Run nginx by the project's own example, on other ports."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip(NGINX)
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for example, port in zip(("8080", "8000", "8001"), (front, *ports), strict=True):
        text, found = re.subn(rf"127\.0\.0\.1:{example};", f"127.0.0.1:{port};", text)
        assert found == 1, f"the example names port {example} {found} times"
    config = folder / "nginx.conf"
    config.write_text(text)
    options = ["-p", str(folder), "-c", str(config), "-e", "stderr", "-g", "daemon off;"]
    child = Child([program, *options], output=folder / "nginx.log")
    wait_for_port(child, front, "nginx")
    return child
