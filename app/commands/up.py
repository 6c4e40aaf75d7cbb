"""`mayfly up`: everything on this machine, until Ctrl-C."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from app.commands.saying import complain, say
from app.sandbox.data_folder import DataFolder
from app.sandbox.embedded import Embedded
from app.sandbox.errors import SandboxError
from app.sandbox.supervisor import Supervisor

DEFAULT_PORT, DEFAULT_DATA = 8000, "var"
HIGHEST_PORT = 65535 - 5


def run() -> int:
    """Start, print where everything is, watch, stop. `PORT` and `DATA` come from the environment."""
    try:
        port = _port(os.environ.get("PORT", ""))
        folder = DataFolder(Path(os.environ.get("DATA") or DEFAULT_DATA))
    except SandboxError as problem:
        complain(str(problem))
        return 1
    supervisor = Supervisor(complain)
    supervisor.catch_signals()
    try:
        _start(supervisor, Embedded(folder, port))
        supervisor.watch()
        code = 0
    except KeyboardInterrupt:
        code = 0
    except SandboxError as problem:
        complain(str(problem))
        code = 1
    finally:
        supervisor.stop()
        folder.release()
    return code


def _port(given: str) -> int:
    if not given:
        return DEFAULT_PORT
    if not given.isdecimal() or not 1 <= int(given) <= HIGHEST_PORT:
        raise SandboxError(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {given!r}.")
    return int(given)


def _start(supervisor: Supervisor, embedded: Embedded) -> None:
    embedded.folder.claim_ports(embedded.ports())
    began = time.monotonic()
    say("Starting Mayfly …")
    for program in embedded.servers():
        with _step(program.name):
            supervisor.add(program)
    with _step("The database's schema"):
        _mayfly("migrate", embedded)
    with _step("The demo data"):
        login = _mayfly("demo", embedded)
    # Whoever tries it on their own machine runs it, too.
    embedded.environment.setdefault("MAYFLY_STAFF_EMAILS", login.partition(" / ")[0])
    for program in embedded.application():
        with _step(program.name):
            supervisor.add(program)
    say(f"Everything runs after {time.monotonic() - began:.1f} s.")
    say(_table(embedded, login))


@contextmanager
def _step(name: str) -> Generator[None, None, None]:
    """Print what is being started, and behind it the seconds that it took."""
    began, took = time.monotonic(), "failed"
    say(f"  {name:<24}", end="")
    try:
        yield
        took = f"{time.monotonic() - began:5.1f} s"
    finally:
        say(took)


def _mayfly(command: str, embedded: Embedded) -> str:
    """Run another command on the embedded servers; returns its last line of output."""
    log = embedded.folder.log(command)
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "app.cli", command],
        env=embedded.environment,
        capture_output=True,
        text=True,
        start_new_session=True,  # Ctrl-C is for this process, which ends things in order
    )
    log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise SandboxError(f"mayfly {command} failed: {said[-1]} (see {log})")
    return (done.stdout.strip().splitlines() or [""])[-1]


def _table(embedded: Embedded, login: str) -> str:
    ports = embedded.ports()
    stripe = "your own test key" if embedded.own_stripe else _at(ports["the Stripe sandbox"])
    rows = {
        "Mayfly": embedded.base_url,
        "Demo login": login,
        "Mail inbox": _at(ports["the mail inbox"]),
        "Stripe sandbox": stripe,
        "S3 server": _at(ports["the S3 server"]),
        "Postgres": f"127.0.0.1:{ports['Postgres']}",
        "Data and logs": str(embedded.folder.path),
    }
    lines = [f"  {name:<16}{value}" for name, value in rows.items()]
    return "\n".join(["", *lines, "", "  Ctrl-C stops everything.", ""])


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}"
