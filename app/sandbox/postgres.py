"""An embedded Postgres 18, in a folder of its own, on a TCP port of this machine."""

import contextlib
import os
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.sandbox.errors import SandboxError
from app.sandbox.postgres_folder import check_version, make_cluster, server_account
from app.sandbox.postgres_programs import VERSION, bin_path
from app.sandbox.process import HOST, Account, Child, claim_port

USER = "mayfly"
START_SECONDS = 60
RELEASE_SECONDS = 3

TUNING = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_directories": "",
    "listen_addresses": HOST,
    # A development machine has one disk and few buyers; a short commit matters more than batching.
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "logging_collector": "off",
    "log_min_messages": "warning",
}
# What a test may lose with the machine's power, nobody misses.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Crowds of buyers of several tests at once.
    "max_connections": "600",
}


@dataclass(frozen=True)
class Postgres:
    """A running server; `folder` holds `cluster/`, `server.log` and `password`."""

    child: Child
    folder: Path
    port: int
    password: str

    def dsn(self, database: str = "postgres") -> str:
        """A connection URL that asyncpg, psql and Piccolo take, for any number of processes."""
        return f"postgresql://{USER}:{self.password}@{HOST}:{self.port}/{database}"

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on the disk."""
        self.child.stop(20)


def start_postgres(folder: Path, port: int = 0, *, durable: bool = True) -> Postgres:
    """Start a server on `folder` (made when missing) and return once it takes connections.

    `durable=False` trades safety against a power cut for speed, for tests. Raises SandboxError when
    the folder is broken, of another version, in use, or the port is taken.
    """
    folder = folder.resolve()
    account = server_account(folder, bin_path("postgres").parent)
    password = _password(folder)
    cluster = folder / "cluster"
    if not cluster.exists():
        make_cluster(cluster, USER, password, bin_path("initdb"), account, durable)
    check_version(cluster, VERSION)
    _release(cluster)
    port = claim_port(port, "Postgres")
    child = _launch(folder, port, account, durable)
    return Postgres(child, folder, port, password)


def create_database(server: Postgres, name: str) -> str:
    """Make the database unless it is there; returns its DSN."""
    there = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"  # noqa: S608 (a name of ours)
    if run_sql(server, there).strip() != "1":
        run_sql(server, f'CREATE DATABASE "{name}"')
    return server.dsn(name)


def run_sql(server: Postgres, statement: str, database: str = "postgres") -> str:
    """One statement through psql; returns the bare rows. Raises SandboxError with psql's complaint."""
    target = [
        f"--host={HOST}",
        f"--port={server.port}",
        f"--username={USER}",
        f"--dbname={database}",
    ]
    done = subprocess.run(  # noqa: S603 (our own program)
        [str(bin_path("psql")), "-XtA", *target, "-c", statement],
        env=os.environ | {"PGPASSWORD": server.password},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SandboxError(f"Postgres: {done.stderr.strip()}")
    return done.stdout


def _password(folder: Path) -> str:
    path = folder / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18))
    return path.read_text().strip()


def _release(cluster: Path) -> None:
    """Wait for a server that is going down; refuse when one is there to stay."""
    lock = cluster / "postmaster.pid"
    deadline = time.monotonic() + RELEASE_SECONDS
    while (holder := _holder(lock)) is not None:
        if time.monotonic() > deadline:
            raise SandboxError(
                f"The Postgres folder {cluster.parent} is used by a running server (pid {holder.pid})."
            )
        time.sleep(0.05)
    lock.unlink(missing_ok=True)


def _holder(lock: Path) -> psutil.Process | None:
    """The living Postgres that a lock file names; a number that some other program got since is none."""
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
        process = psutil.Process(int(lock.read_text().splitlines()[0]))
        if "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def _launch(folder: Path, port: int, account: Account | None, durable: bool) -> Child:
    settings = TUNING | ({} if durable else CARELESS) | {"port": str(port)}
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    command = [str(bin_path("postgres")), "-D", str(folder / "cluster"), *options]
    log = folder / "server.log"
    deadline = time.monotonic() + RELEASE_SECONDS
    while True:
        log.write_text("")
        child = Child(command, output=log, stop_signal=signal.SIGINT, account=account)
        if _is_ready(child, folder):
            return child
        # A server that was killed leaves sessions behind, which need a moment to notice.
        if "shared memory block" not in log.read_text() or time.monotonic() > deadline:
            raise SandboxError(f"Postgres can't use {folder}: {_last_complaint(folder)}")
        time.sleep(0.2)


def _is_ready(child: Child, folder: Path) -> bool:
    """True once it takes connections, False when it ended instead."""
    status = folder / "cluster" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.exit_code() is not None:
            return False
        with contextlib.suppress(OSError):
            lines = status.read_text().splitlines()
            if len(lines) > 7 and lines[0] == str(child.pid) and lines[7].strip() == "ready":
                return True
        time.sleep(0.02)
    child.stop()
    raise SandboxError(f"Postgres did not become ready within {START_SECONDS} seconds.")


def _last_complaint(folder: Path) -> str:
    lines = (folder / "server.log").read_text(errors="replace").splitlines()
    for mark in ("PANIC:", "FATAL:", "could not", "postgres:"):
        for line in reversed(lines):
            if mark in line:
                return line.split(mark, 1)[1].strip() if mark.isupper() else line.strip()
    return "see server.log there"
