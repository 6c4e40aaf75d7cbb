"""The environment of a test process: its own database, bucket prefix, payment account and port on shared servers."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg

from app.sandbox.process import free_port
from tests.support.servers import Servers, start_all

SHARED = "MAYFLY_TEST_SHARED"
TEMPLATE = "mayfly_template"
ROOT = Path(__file__).parent.parent.parent


def start_shared(folder: Path) -> Servers:
    """Start the servers, migrate a template database, and tell the processes started from here where they are."""
    servers = start_all(folder)
    shared: dict[str, Any] = {
        "admin_dsn": servers.database_dsn,
        "template_dsn": servers.postgres.dsn(TEMPLATE),
        "s3_endpoint": servers.object_store.endpoint,
        "s3_access_key": servers.object_store.access_key,
        "s3_secret_key": servers.object_store.secret_key,
        "s3_bucket": servers.object_store.bucket,
        "stripe_base": servers.stripe_base,
        "smtp_host": servers.smtp_host,
        "smtp_port": servers.smtp_port,
        "inbox_url": servers.inbox_url,
    }
    os.environ[SHARED] = json.dumps(shared)
    asyncio.run(_execute(shared["admin_dsn"], f"CREATE DATABASE {TEMPLATE}"))
    program = "import asyncio; from app.core.migrating import migrate; asyncio.run(migrate())"
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=ROOT,
        env={
            **os.environ,
            "MAYFLY_ENVIRONMENT": "test",
            "MAYFLY_DATABASE_URL": shared["template_dsn"],
        },
    )
    return servers


def shared() -> dict[str, Any]:
    """Return where the shared servers are."""
    return json.loads(os.environ[SHARED])


def enter(name: str) -> None:
    """Give this process a database cloned from the template and point the application's settings at the servers."""
    place = shared()
    database = f"test_{name}"
    asyncio.run(_execute(place["admin_dsn"], f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
    asyncio.run(_execute(place["admin_dsn"], f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}"))
    port = free_port()
    os.environ.update(
        {
            "MAYFLY_ENVIRONMENT": "test",
            "MAYFLY_BASE_URL": f"http://127.0.0.1:{port}",
            "MAYFLY_DATABASE_URL": place["template_dsn"].replace(TEMPLATE, database),
            "MAYFLY_POOL_MAX": "60",
            "MAYFLY_S3_ENDPOINT": place["s3_endpoint"],
            "MAYFLY_S3_ACCESS_KEY": place["s3_access_key"],
            "MAYFLY_S3_SECRET_KEY": place["s3_secret_key"],
            "MAYFLY_S3_BUCKET": place["s3_bucket"],
            "MAYFLY_STRIPE_API_BASE": place["stripe_base"],
            "MAYFLY_STRIPE_API_KEY": f"sk_test_{name}",
            "MAYFLY_STRIPE_WEBHOOK_SECRET": f"whsec_{name}",
            "MAYFLY_SMTP_HOST": place["smtp_host"],
            "MAYFLY_SMTP_PORT": str(place["smtp_port"]),
            "MAYFLY_SMS_URL": f"{place['inbox_url']}/sms",
            "MAYFLY_MAIL_FROM": f"Mayfly <hello@{sender_domain(name)}>",
            # What is not about plans meets no limit of theirs.
            "MAYFLY_DEFAULT_PLAN": "enterprise",
            "MAYFLY_LOG_LEVEL": "WARNING",
        }
    )


def sender_domain(name: str) -> str:
    """Return where this process's mail comes from: the inbox is shared, and so are the cast's addresses."""
    return f"{name}.mayfly.example"


async def _execute(dsn: str, sql: str) -> None:
    conn = await asyncpg.connect(dsn)
    try:
        await conn.execute(sql)
    finally:
        await conn.close()
