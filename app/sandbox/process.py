"""Child processes that never outlive their parent."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.sandbox.errors import SandboxError

HOST = "127.0.0.1"
PORTS = range(15_000, 32_000)
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """The system account that a child runs as (only root can choose one)."""

    uid: int
    gid: int
    name: str


def _die_with(parent: int, sign: signal.Signals) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # it died between the fork and this line
            os._exit(1)

    return arrange


def _watchdog(pid: int, sign: signal.Signals) -> "subprocess.Popen[bytes]":
    """Where the kernel can't tell a child (macOS, BSD), a shell waits for our end of a pipe to close."""
    script = f"trap '' INT TERM; read -r word; [ \"$word\" = done ] || kill -{int(sign)} {pid}"
    return subprocess.Popen(  # noqa: S603 (a fixed script)
        ["/bin/sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class Child:
    """A running child process, in its own process group, so that Ctrl-C reaches the parent alone.

    `stop_signal` is what asks it to end, also when the parent dies by `kill -9`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        output: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        account: Account | None = None,
        watchdog: bool = sys.platform != "linux",
    ) -> None:
        self.stop_signal = stop_signal
        self.output = output
        stream: IO[bytes] | None = output.open("ab") if output else None
        self.process = subprocess.Popen(  # noqa: S603 (our own commands)
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT if stream else None,
            preexec_fn=None if watchdog else _die_with(os.getpid(), stop_signal),
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        self.guard = _watchdog(self.process.pid, stop_signal) if watchdog else None
        if stream:
            stream.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    def exit_code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self.process.poll()

    def ask_to_stop(self) -> None:
        """Send the stop signal; returns at once."""
        if self.exit_code() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float = 10) -> None:
        """End the process: ask, wait for `seconds`, then kill."""
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._release_guard()

    def _release_guard(self) -> None:
        if self.guard and self.guard.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.guard.stdin.write(b"done\n")
                self.guard.stdin.close()
            self.guard.wait()
            self.guard = None


def port_is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on at this moment.

    Below those that systems give to outgoing connections, so that it is still free when a server comes back to it.
    """
    while not port_is_free(port := PORTS.start + secrets.randbelow(len(PORTS))):
        pass
    return port


def claim_port(port: int, owner: str) -> int:
    """`port`, or a free one for 0; raises SandboxError when somebody listens there already."""
    if port == 0:
        return free_port()
    if not port_is_free(port):
        raise SandboxError(
            f"Port {port} for {owner} is in use. Stop what listens there or set PORT."
        )
    return port


def wait_for_port(child: Child, port: int, name: str, seconds: float = 60) -> None:
    """Return once `child` accepts connections on `port`; raises SandboxError when it ends or stays mute."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.exit_code() is not None:
            place = f"; see {child.output}" if child.output else ""
            raise SandboxError(
                f"{name} ended while starting (exit code {child.exit_code()}){place}"
            )
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.03)
    child.stop()
    raise SandboxError(f"{name} did not answer on port {port} within {seconds:.0f} seconds.")
