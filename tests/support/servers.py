"""Real servers for tests: Postgres, S3, the Stripe sandbox and the mail inbox, started once a session."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from app.sandbox.object_store import ObjectStore, start_object_store
from app.sandbox.postgres import Postgres, start_postgres


@dataclass(frozen=True)
class Servers:
    """Running servers and how to reach them."""

    postgres: Postgres
    object_store: ObjectStore

    @property
    def database_dsn(self) -> str:
        """The administrator's DSN of the database `postgres`; `postgres.dsn(name)` gives others."""
        return self.postgres.dsn()


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
    return Servers(postgres, object_store)


def stop_all(servers: Servers) -> None:
    """Stop what `start_all` started."""
    servers.object_store.stop()
    servers.postgres.stop()
