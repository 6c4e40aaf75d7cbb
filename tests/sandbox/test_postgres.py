import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from app.sandbox.errors import SandboxError
from app.sandbox.postgres import Postgres, create_database, start_postgres
from app.sandbox.postgres_programs import bin_path
from app.sandbox.process import free_port
from tests.support.patience import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = start_postgres(tmp_path_factory.mktemp("pg") / "postgres", durable=False)
    yield server
    server.stop()


async def test_answers_and_is_the_promised_version(server: Postgres) -> None:
    connection = await asyncpg.connect(server.dsn())
    assert str(await connection.fetchval("SHOW server_version")).startswith("18")
    assert await connection.fetchval("SHOW max_connections") == "600"
    await connection.close()


async def test_refuses_a_wrong_password(server: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn().replace(server.password, "guessed"))


async def test_makes_a_database_once(server: Postgres) -> None:
    assert create_database(server, "shop") == create_database(server, "shop")
    connection = await asyncpg.connect(server.dsn("shop"))
    await connection.execute("CREATE TABLE t (id int)")
    await connection.close()


def test_another_folder_is_another_server(server: Postgres, tmp_path: Path) -> None:
    other = start_postgres(tmp_path / "other", durable=False)
    assert other.port != server.port
    other.stop()
    assert other.child.exit_code() == 0


def test_the_tools_are_there() -> None:
    for program in ("pg_dump", "pg_restore", "pg_basebackup", "pgbench", "psql"):
        assert bin_path(program).exists()
    with pytest.raises(SandboxError, match="no program named"):
        bin_path("oracle")


def test_a_folder_in_use_is_refused_in_one_line(server: Postgres) -> None:
    with pytest.raises(
        SandboxError, match=f"used by a running server .pid {server.child.pid}"
    ) as it:
        start_postgres(server.folder)
    assert "\n" not in str(it.value)


def test_a_broken_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    with pytest.raises(SandboxError, match="not a Postgres data folder"):
        start_postgres(tmp_path / "postgres")


def test_another_version_is_refused(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(SandboxError, match="belongs to Postgres 15, this is Postgres 18"):
        start_postgres(tmp_path / "postgres")


def test_a_damaged_cluster_is_refused_with_the_servers_reason(tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "postgres", durable=False)
    server.stop()
    (tmp_path / "postgres" / "cluster" / "global" / "pg_control").unlink()
    with pytest.raises(SandboxError, match="pg_control") as it:
        start_postgres(tmp_path / "postgres")
    assert "\n" not in str(it.value)


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("not a folder")
    with pytest.raises(SandboxError, match="can't be used"):
        start_postgres(tmp_path / "postgres")


def test_a_taken_port_is_refused(server: Postgres, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=f"Port {server.port} for Postgres is in use"):
        start_postgres(tmp_path / "postgres", server.port)


async def test_recovers_after_kill_9(tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "postgres")
    connection = await asyncpg.connect(server.dsn())
    await connection.execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    os.kill(server.child.pid, signal.SIGKILL)
    server.child.process.wait()
    again = start_postgres(tmp_path / "postgres", free_port())
    connection = await asyncpg.connect(again.dsn())
    assert await connection.fetchval("SELECT id FROM kept") == 7
    await connection.close()
    again.stop()


@pytest.mark.parametrize("watchdog", [False, True])
def test_a_child_ends_with_its_killed_parent(tmp_path: Path, watchdog: bool) -> None:
    script = textwrap.dedent(f"""
        import os, signal
        from app.sandbox.process import Child
        child = Child(["sleep", "60"], watchdog={watchdog})
        print(child.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    pid = int(done.stdout)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.02)
    else:
        assert not psutil.pid_exists(pid)
