"""Real servers for tests: Postgres, S3, the Stripe sandbox and the mail inbox, started once a session."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from app.sandbox.inbox.starting import Inbox, start_inbox
from app.sandbox.object_store import ObjectStore, start_object_store
from app.sandbox.postgres import Postgres, start_postgres
from app.sandbox.stripe.starting import StripeSandbox, start_stripe


@dataclass(frozen=True)
class Servers:
    """Running servers and how to reach them."""

    postgres: Postgres
    object_store: ObjectStore
    stripe: StripeSandbox
    inbox: Inbox

    @property
    def database_dsn(self) -> str:
        """The administrator's DSN of the database `postgres`; `postgres.dsn(name)` gives others."""
        return self.postgres.dsn()

    @property
    def stripe_base(self) -> str:
        """The API's base. Key `sk_test_<name>` is an account of its own, with secret `whsec_<name>`."""
        return self.stripe.base_url

    @property
    def smtp_host(self) -> str:
        return self.inbox.smtp_host

    @property
    def smtp_port(self) -> int:
        return self.inbox.smtp_port

    @property
    def inbox_url(self) -> str:
        """The inbox's pages; `/messages.json?to=…` lists what was sent to an address."""
        return self.inbox.url


def start_all(data_dir: Path) -> Servers:
    """Start every server on folders below `data_dir`; they end with this process at the latest."""
    postgres = start_postgres(data_dir / "postgres", durable=False)
    object_store = start_object_store(
        data_dir / "s3",
        access_key="test",
        secret_key=secrets.token_hex(8),
        bucket="mayfly-test",
        output=data_dir / "s3.log",
    )
    inbox = start_inbox(data_dir / "inbox", output=data_dir / "inbox.log")
    stripe = start_stripe(data_dir / "stripe", account="test", output=data_dir / "stripe.log")
    return Servers(postgres, object_store, stripe, inbox)


def stop_all(servers: Servers) -> None:
    """Stop what `start_all` started."""
    servers.inbox.stop()
    servers.stripe.stop()
    servers.object_store.stop()
    servers.postgres.stop()
