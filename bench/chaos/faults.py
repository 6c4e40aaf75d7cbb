"""What goes wrong, one after the other. Each fault breaks something, lets that last, and mends it."""

import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from app.sandbox.errors import SandboxError
from app.sandbox.inbox.starting import start_inbox
from app.sandbox.object_store import ObjectStore, start_object_store
from app.sandbox.postgres import run_sql, start_postgres
from app.sandbox.stripe.starting import StripeSandbox, start_stripe
from bench.chaos.house import DATABASE, FRONT, MAIL, STORE, STRIPE, House, Process, pause
from bench.chaos.stripe_account import StripeAccount
from bench.stage import Servers

Server = TypeVar("Server")

SHORT, LONG = 0.7, 2.5
STARTS_SECONDS = 30.0
TERMINATE = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = '{database}' AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class Fault:
    """`name` for people; `happen` returns when everything runs again (not when it has recovered)."""

    name: str
    happen: Callable[[], None]


def faults_of_processes(house: House) -> list[Fault]:
    """Web processes and workers: one, the other, all."""

    def lose(*lost: Process) -> Callable[[], None]:
        def happen() -> None:
            for process in lost:
                house.kill(process)
            pause(SHORT)
            house.start(*lost)

        return happen

    kinds = (house.webs, house.workers)
    return [
        *(Fault(f"{process.name} killed", lose(process)) for kind in kinds for process in kind),
        Fault("all web processes killed", lose(*house.webs)),
        Fault("all workers killed", lose(*house.workers)),
    ]


def faults_of_connections(
    house: House, terminate: Callable[[], None], stripe: StripeAccount
) -> list[Fault]:
    """Connections end in the middle; Stripe is there but does not answer, or hangs up after doing what was asked."""

    def cut(name: str) -> Callable[[], None]:
        def happen() -> None:
            for _ in range(4):
                house.loop.run(house.relays[name].cut())
                pause(SHORT / 4)

        return happen

    def silence() -> None:
        house.loop.run(house.relays[DATABASE].silence())
        pause(LONG)
        house.loop.run(house.relays[DATABASE].cut_silence())

    def api(state: str) -> Callable[[], None]:
        def happen() -> None:
            house.loop.run(stripe.switch(api=state))
            pause(LONG)
            house.loop.run(stripe.switch(api="up"))

        return happen

    return [
        Fault("database sessions terminated", terminate),
        *(
            Fault(f"connections cut: {name}", cut(name))
            for name in (FRONT, DATABASE, STORE, STRIPE, MAIL)
        ),
        Fault("database silent, then cut", silence),
        Fault("Stripe answers 503", api("down")),
        Fault("Stripe hangs up after the work", api("close")),
    ]


def terminator(servers: Servers, database: str) -> Callable[[], None]:
    def terminate() -> None:
        run_sql(servers.postgres, TERMINATE.format(database=database))

    return terminate


def faults_of_servers(house: House, servers: Servers, folder: Path) -> list[Fault]:
    """The servers around the application are killed, and start again on what they had on the disk."""

    def postgres() -> None:
        house.kill_child(servers.postgres.child, "Postgres")
        pause(SHORT)
        port = servers.postgres.port
        servers.postgres = _patiently(lambda: start_postgres(folder / "postgres", port))

    def backend() -> None:
        """One session dies badly: Postgres ends all others and recovers by itself."""
        sessions = psutil.Process(servers.postgres.child.pid).children()
        busy = [one for one in sessions if " bench " in " ".join(one.cmdline()) + " "]
        with contextlib.suppress(psutil.NoSuchProcess):
            random.choice(busy or sessions).kill()
        house.kills["Postgres session"] = house.kills.get("Postgres session", 0) + 1

    def store() -> None:
        house.kill_child(servers.store.child, "object store")
        pause(LONG)
        servers.store = _patiently(lambda: _again(servers.store, folder))

    def stripe() -> None:
        house.kill_child(servers.stripe.child, "Stripe sandbox")
        pause(LONG)
        servers.stripe = _patiently(lambda: start_again(servers.stripe, house, folder))

    def inbox() -> None:
        house.kill_child(servers.inbox.child, "mail server")
        pause(SHORT)
        port, smtp = int(servers.inbox.url.rpartition(":")[2]), servers.inbox.smtp_port
        servers.inbox = _patiently(
            lambda: start_inbox(
                folder / "inbox", port=port, smtp_port=smtp, output=folder / "inbox.log"
            )
        )

    return [
        Fault("Postgres killed", postgres),
        Fault("a Postgres session killed", backend),
        Fault("object store killed", store),
        Fault("Stripe sandbox killed", stripe),
        Fault("mail server killed", inbox),
    ]


def start_again(stripe: StripeSandbox, house: House, folder: Path) -> StripeSandbox:
    return start_stripe(
        folder / "stripe",
        account=stripe.account,
        webhook_url=f"{house.base_url}/webhooks/stripe",
        port=int(stripe.base_url.rpartition(":")[2]),
        output=folder / "stripe.log",
    )


def _again(store: ObjectStore, folder: Path) -> ObjectStore:
    return start_object_store(
        folder / "s3",
        access_key=store.access_key,
        secret_key=store.secret_key,
        bucket=store.bucket,
        port=int(store.endpoint.rpartition(":")[2]),
        output=folder / "s3.log",
    )


def _patiently(start: Callable[[], Server]) -> Server:
    """What was killed a moment ago may hold its port or its memory a little longer."""
    until = time.monotonic() + STARTS_SECONDS
    while True:
        try:
            return start()
        except SandboxError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def all_faults(
    house: House, servers: Servers, stripe: StripeAccount, folder: Path, database: str
) -> list[Fault]:
    """Return everything that can go wrong in a house with servers of its own."""
    return [
        *faults_of_processes(house),
        *faults_of_connections(house, terminator(servers, database), stripe),
        *faults_of_servers(house, servers, folder),
    ]
