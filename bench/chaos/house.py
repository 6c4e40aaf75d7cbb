"""What is broken and mended: web processes behind one address, workers, and relays to every server around them."""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from app.sandbox.process import HOST, Child, free_port, wait_for_port
from bench.chaos.loop import Loop
from bench.chaos.proxy import Relay

DATABASE, STORE, STRIPE, MAIL, FRONT = "database", "object store", "Stripe", "mail server", "front"
LISTENS_SECONDS = 60.0


@dataclass
class Process:
    """A web process or a worker: how it is started, and the child that runs now. `port` 0: it has none."""

    name: str
    command: Sequence[str]
    port: int = 0
    child: Child | None = None


@dataclass
class House:
    """`environment` says where the servers really are; the application's processes reach them through `relays`.

    `base_url` is the relay before the web processes, as a load balancer would be.
    """

    folder: Path
    environment: Mapping[str, str]
    loop: Loop
    relays: dict[str, Relay] = field(default_factory=dict[str, Relay])
    webs: list[Process] = field(default_factory=list[Process])
    workers: list[Process] = field(default_factory=list[Process])
    kills: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.relays[FRONT].port}"

    def open(self, webs: int = 2, workers: int = 2) -> None:
        """Start everything that is ours."""
        ports = [free_port() for _ in range(webs)]
        targets = {
            DATABASE: [_port(self.environment["MAYFLY_DATABASE_URL"])],
            STORE: [_port(self.environment["MAYFLY_S3_ENDPOINT"])],
            STRIPE: [_port(self.environment["MAYFLY_STRIPE_API_BASE"])],
            MAIL: [int(self.environment["MAYFLY_SMTP_PORT"])],
            FRONT: ports,
        }
        for name, to in targets.items():
            self.relays[name] = Relay(to)
            self.loop.run(self.relays[name].start())
        self.webs = [
            Process(f"web {n}", ["app.cli", "serve", "--port", str(port)], port)
            for n, port in enumerate(ports, start=1)
        ]
        self.workers = [
            Process(f"worker {n}", ["app.cli", "worker"]) for n in range(1, workers + 1)
        ]
        self.start(*self.webs, *self.workers)

    def close(self) -> None:
        running = [process.child for process in [*self.webs, *self.workers] if process.child]
        for child in running:
            child.ask_to_stop()
        for child in running:
            child.stop(5)
        for relay in self.relays.values():
            self.loop.run(relay.stop())

    def start(self, *processes: Process) -> None:
        """Start processes; those of the web listen when this returns."""
        for process in processes:
            process.child = Child(
                [sys.executable, "-m", *process.command],
                env=self._environment(),
                output=self.folder / f"{process.name.replace(' ', '-')}.log",
            )
        for process in processes:
            if process.port and process.child:
                wait_for_port(process.child, process.port, process.name, LISTENS_SECONDS)

    def kill(self, process: Process) -> None:
        """Kill a process as the kernel does when memory is short: it can say nothing to anyone."""
        assert process.child is not None
        self.kill_child(process.child, process.name.rstrip(" 0123456789"))

    def kill_child(self, child: Child, kind: str) -> None:
        os.kill(child.pid, signal.SIGKILL)
        child.process.wait()
        self.kills[kind] = self.kills.get(kind, 0) + 1

    def ended_by_themselves(self) -> list[str]:
        """Return the processes that should run and don't."""
        return [
            f"{process.name} ended with {process.child.exit_code()}"
            for process in [*self.webs, *self.workers]
            if process.child is not None and process.child.exit_code() is not None
        ]

    def _environment(self) -> dict[str, str]:
        database = urlsplit(self.environment["MAYFLY_DATABASE_URL"])
        through = database.netloc.rpartition(":")[0] + f":{self.relays[DATABASE].port}"
        return {
            **self.environment,
            "MAYFLY_BASE_URL": self.base_url,
            "MAYFLY_DATABASE_URL": database._replace(netloc=through).geturl(),
            "MAYFLY_S3_ENDPOINT": f"http://{HOST}:{self.relays[STORE].port}",
            "MAYFLY_STRIPE_API_BASE": f"http://{HOST}:{self.relays[STRIPE].port}",
            "MAYFLY_SMTP_PORT": str(self.relays[MAIL].port),
            "MAYFLY_LOG_LEVEL": "WARNING",
            "MAYFLY_POOL_MAX": "15",
            # All buyers come from this machine's one address.
            "MAYFLY_RATE_LIMITS": "false",
        }


def _port(url: str) -> int:
    return int(urlsplit(url).port or 0)


def pause(seconds: float) -> None:
    """Let a fault last."""
    time.sleep(seconds)
