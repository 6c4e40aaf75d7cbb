"""The data folder of an embedded installation, held by one Mayfly at a time."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from app.sandbox.errors import SandboxError
from app.sandbox.process import port_is_free

RELEASE_SECONDS = 5
LARGEST_LOG = 5 * 1024 * 1024


class DataFolder:
    """`path` with its `logs`, locked until `release` or the end of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        try:
            (self.path / "logs").mkdir(parents=True, exist_ok=True)
            self._lock: IO[str] = (self.path / "lock").open("a+")
        except OSError as problem:
            raise SandboxError(
                f"The data folder {self.path} can't be used: {problem.strerror}. Set DATA to another."
            ) from None
        self._lock.seek(0)
        holder = self._lock.read().strip()
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SandboxError(
                f"The data folder {self.path} is used by another Mayfly (pid {holder or 'unknown'})."
            ) from None
        # A name left in the lock is of one that was killed; its servers may be about to end.
        self.was_killed = bool(holder)
        self._write(str(os.getpid()))
        for log in (self.path / "logs").glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                log.replace(log.with_suffix(".old"))

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def claim_ports(self, ports: dict[str, int]) -> None:
        """Raise SandboxError for the first port that is taken."""
        deadline = time.monotonic() + (RELEASE_SECONDS if self.was_killed else 0)
        for owner, port in ports.items():
            while not port_is_free(port):
                if time.monotonic() >= deadline:
                    raise SandboxError(
                        f"Port {port} for {owner} is in use. Stop what listens there, or set PORT."
                    )
                time.sleep(0.1)

    def release(self) -> None:
        """After a clean stop."""
        self._write("")
        self._lock.close()

    def _write(self, text: str) -> None:
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(text)
        self._lock.flush()
