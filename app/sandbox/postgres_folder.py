"""The folder of an embedded Postgres: who owns it, how it is made, whether it can be used."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from app.sandbox.errors import SandboxError
from app.sandbox.postgres_programs import ensure_user_exists
from app.sandbox.process import Account

ROOT_RUNS_AS = "pgserver"


def server_account(folder: Path, programs: Path) -> Account | None:
    """The account for the server (Postgres refuses to run as root), with `folder` made its own.

    None means: as we are. As root, an unprivileged account is made, and every folder above the
    data and the programs is made passable (not readable) for it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return None
        account = _unprivileged()
        for path in (folder, programs):
            _make_passable(path)
        os.chown(folder, account.uid, account.gid)
    except OSError as problem:
        raise SandboxError(
            f"The Postgres folder {folder} can't be used: {problem.strerror}."
        ) from None
    return account


def check_version(cluster: Path, version: int) -> None:
    """Raise SandboxError unless `cluster` is a complete cluster of `version`."""
    try:
        found = (cluster / "PG_VERSION").read_text().strip()
    except OSError:
        raise SandboxError(
            f"{cluster} is not a Postgres data folder. Move it away or set DATA to another folder."
        ) from None
    if found != str(version):
        raise SandboxError(
            f"{cluster} belongs to Postgres {found[:20] or '(unknown)'}, this is Postgres {version}. "
            "Move it away or set DATA to another folder."
        )


def make_cluster(
    cluster: Path, user: str, password: str, initdb: Path, account: Account | None, durable: bool
) -> None:
    """Create `cluster` whole or not at all: it is made beside its place and renamed."""
    fresh = cluster.with_name("cluster.new")
    shutil.rmtree(fresh, ignore_errors=True)
    secret = cluster.with_name("initdb.password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        os.chown(secret, account.uid, account.gid)
    options = [f"--username={user}", f"--pwfile={secret}", "--auth=scram-sha-256"]
    locale = [
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    options += [*locale, *([] if durable else ["--no-sync"])]
    done = subprocess.run(  # noqa: S603 (our own program)
        [str(initdb), "-D", str(fresh), *options],
        capture_output=True,
        text=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    secret.unlink()
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SandboxError(f"Postgres can't make its folder {cluster}: {reason}")
    fresh.rename(cluster)


def _unprivileged() -> Account:
    try:
        entry = ensure_user_exists(ROOT_RUNS_AS)
    except (OSError, subprocess.SubprocessError):
        entry = None
    entry = entry or pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _make_passable(path: Path) -> None:
    for folder in (path, *path.parents):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH | stat.S_IXGRP)
