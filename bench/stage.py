"""The servers behind a measurement, in a folder that goes away: durable Postgres, S3, Stripe sandbox, mail inbox."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.sandbox.inbox.starting import start_inbox
from app.sandbox.object_store import start_object_store
from app.sandbox.postgres import create_database, start_postgres
from app.sandbox.stripe.starting import start_stripe

DATABASE, BUCKET = "bench", "bench"


@contextmanager
def stage() -> Iterator[dict[str, str]]:
    """Start everything, migrate, and yield the environment of the processes that measure and are measured."""
    with tempfile.TemporaryDirectory(prefix="mayfly-bench-") as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o755)  # a server that may not be root reads its own part of it
        postgres = start_postgres(folder / "postgres")
        running.callback(postgres.stop)
        store = start_object_store(
            folder / "s3",
            access_key="bench",
            secret_key=secrets.token_hex(8),
            bucket=BUCKET,
            output=folder / "s3.log",
        )
        running.callback(store.stop)
        inbox = start_inbox(folder / "inbox", output=folder / "inbox.log")
        running.callback(inbox.stop)
        stripe = start_stripe(folder / "stripe", account="bench", output=folder / "stripe.log")
        running.callback(stripe.stop)
        environment = {
            **os.environ,
            "BENCH_FOLDER": str(folder),
            "BENCH_POSTGRES_PID": str(postgres.child.pid),
            "BENCH_POSTGRES_LOG": str(folder / "postgres" / "server.log"),
            "MAYFLY_ENVIRONMENT": "test",
            "MAYFLY_DATABASE_URL": create_database(postgres, DATABASE),
            "MAYFLY_S3_ENDPOINT": store.endpoint,
            "MAYFLY_S3_ACCESS_KEY": store.access_key,
            "MAYFLY_S3_SECRET_KEY": store.secret_key,
            "MAYFLY_S3_BUCKET": store.bucket,
            "MAYFLY_STRIPE_API_BASE": stripe.base_url,
            "MAYFLY_STRIPE_API_KEY": stripe.api_key,
            "MAYFLY_STRIPE_WEBHOOK_SECRET": f"whsec_{stripe.account}",
            "MAYFLY_SMTP_HOST": inbox.smtp_host,
            "MAYFLY_SMTP_PORT": str(inbox.smtp_port),
            "MAYFLY_LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore",
            # All buyers come from this machine's one address.
            "MAYFLY_RATE_LIMITS": "false",
        }
        _migrate(environment)
        yield environment


def _migrate(environment: dict[str, str]) -> None:
    program = "import asyncio; from app.core.migrating import migrate; asyncio.run(migrate())"
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
