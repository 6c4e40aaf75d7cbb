"""The servers behind a measurement, in a folder that goes away: durable Postgres, S3, Stripe sandbox, mail inbox."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.sandbox.inbox.starting import Inbox, start_inbox
from app.sandbox.object_store import ObjectStore, start_object_store
from app.sandbox.postgres import Postgres, create_database, start_postgres
from app.sandbox.stripe.starting import StripeSandbox, start_stripe

DATABASE, BUCKET = "bench", "bench"


@dataclass
class Servers:
    """The servers as they run now; chaos kills them and puts others in their place."""

    postgres: Postgres
    store: ObjectStore
    inbox: Inbox
    stripe: StripeSandbox

    def stop(self) -> None:
        for server in (self.stripe, self.inbox, self.store, self.postgres):
            server.stop()


@contextmanager
def stage() -> Generator[dict[str, str]]:
    """Start everything, migrate, and yield the environment of the processes that measure and are measured."""
    with tempfile.TemporaryDirectory(prefix="mayfly-bench-") as name:
        servers = start_servers(Path(name))
        try:
            yield environment_of(servers, Path(name))
        finally:
            servers.stop()


def start_servers(folder: Path) -> Servers:
    """Start every server on its part of `folder`."""
    folder.chmod(0o755)  # a server that may not be root reads its own part of it
    return Servers(
        start_postgres(folder / "postgres"),
        start_object_store(
            folder / "s3",
            access_key="bench",
            secret_key=secrets.token_hex(8),
            bucket=BUCKET,
            output=folder / "s3.log",
        ),
        start_inbox(folder / "inbox", output=folder / "inbox.log"),
        start_stripe(folder / "stripe", account="bench", output=folder / "stripe.log"),
    )


def environment_of(servers: Servers, folder: Path) -> dict[str, str]:
    """Make the database, and return the settings that lead to the servers."""
    environment = {
        **os.environ,
        "BENCH_FOLDER": str(folder),
        "BENCH_POSTGRES_PID": str(servers.postgres.child.pid),
        "BENCH_POSTGRES_LOG": str(folder / "postgres" / "server.log"),
        "MAYFLY_ENVIRONMENT": "test",
        "MAYFLY_DATABASE_URL": create_database(servers.postgres, DATABASE),
        "MAYFLY_S3_ENDPOINT": servers.store.endpoint,
        "MAYFLY_S3_ACCESS_KEY": servers.store.access_key,
        "MAYFLY_S3_SECRET_KEY": servers.store.secret_key,
        "MAYFLY_S3_BUCKET": servers.store.bucket,
        "MAYFLY_STRIPE_API_BASE": servers.stripe.base_url,
        "MAYFLY_STRIPE_API_KEY": servers.stripe.api_key,
        "MAYFLY_STRIPE_WEBHOOK_SECRET": f"whsec_{servers.stripe.account}",
        "MAYFLY_SMTP_HOST": servers.inbox.smtp_host,
        "MAYFLY_SMTP_PORT": str(servers.inbox.smtp_port),
        "MAYFLY_DEFAULT_PLAN": "enterprise",
        "MAYFLY_LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore",
        # All buyers come from this machine's one address.
        "MAYFLY_RATE_LIMITS": "false",
    }
    _migrate(environment)
    return environment


def _migrate(environment: dict[str, str]) -> None:
    program = "import asyncio; from app.core.migrating import migrate; asyncio.run(migrate())"
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
