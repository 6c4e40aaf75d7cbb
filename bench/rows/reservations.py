"""Reserving units of one hot stock row against `pgbench` with the very statements that a reservation runs."""

import asyncio
import os
import re
import subprocess
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import uvloop

from app.core import db
from app.core.clock import utc_now
from app.core.ids import new_id
from app.sandbox.postgres_programs import bin_path
from app.stock.capacity import create_stock
from app.stock.holding import OutOfStock, hold
from app.stock.levels import levels
from bench.figures import inform, median, report
from bench.sale import database

CLIENTS = 16
SECONDS, ROUNDS = 4, 3
ENDLESS, FEW = 10_000_000, 500
MINUTES = timedelta(minutes=15)
TOPIC = "page:bench"


async def reserve(stock_id: UUID, hold_id: UUID | None = None) -> None:
    now = utc_now()
    await hold(
        {stock_id: 1},
        hold_id=hold_id or new_id(),
        topic=TOPIC,
        buyer_key="bench",
        now=now,
        until=now + MINUTES,
        then="orders.hold_lapsed",
    )


def literal(value: Any) -> str:
    """Return a statement's argument as SQL. A colon is escaped: pgbench reads names of variables after it."""
    match value:
        case None:
            return "NULL"
        case list():
            return f"ARRAY[{', '.join(literal(item) for item in value)}]"
        case int():
            return str(value)
        case UUID():
            return f"'{value}'::uuid"
        case bytes():
            return f"'\\x{value.hex()}'::bytea"
        case timedelta():
            return f"make_interval(secs => {value.total_seconds()})"
        case datetime():
            return f"{literal(value.isoformat())}::timestamptz"
        case _:
            text = str(value).replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
            return f"E'{text}'"


def filled(query: str, values: Sequence[Any], hold_id: UUID) -> str:
    """Return `query` with its values in place; the hold's id is a fresh one at each run, as the application's is."""
    text = re.sub(r"\$(\d+)", lambda found: literal(values[int(found.group(1)) - 1]), query)
    return text.replace(literal(hold_id), "uuidv7()").rstrip().rstrip(";") + ";\n"


async def script(stock_id: UUID) -> str:
    """Run one reservation and return its statements as a pgbench script."""
    ran: list[Any] = []
    hold_id = new_id()
    async with db.transaction() as conn:
        conn.add_query_logger(ran.append)
        await reserve(stock_id, hold_id)
        conn.remove_query_logger(ran.append)
    statements = [filled(query.query, query.args, hold_id) for query in ran]
    assert len(statements) >= 2, "taking stock, and queueing its lapse"
    return "BEGIN;\n" + "".join(statements) + "COMMIT;\n"


def pgbench(file: Path) -> float:
    """Return how many times a second pgbench runs the script on as many connections as we have."""
    dsn = urlsplit(os.environ["MAYFLY_DATABASE_URL"])
    command = [str(bin_path("pgbench")), "-n", "-M", "prepared", "-f", str(file)]
    command += ["-c", str(CLIENTS), "-j", "1", "-T", str(SECONDS), "-h", str(dsn.hostname)]
    command += ["-p", str(dsn.port), "-U", str(dsn.username), dsn.path.strip("/")]
    done = subprocess.run(
        command,
        env={**os.environ, "PGPASSWORD": str(dsn.password)},
        capture_output=True,
        text=True,
        timeout=SECONDS + 20,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or found is None or "failed transactions: 0" not in done.stdout:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found.group(1))


async def ours() -> float:
    """Return how many reservations a second we make of one row, on as many connections."""
    stock_id = await create_stock(ENDLESS)
    until = time.monotonic() + SECONDS

    async def client() -> int:
        made = 0
        while time.monotonic() < until:
            await reserve(stock_id)
            made += 1
        return made

    started = time.monotonic()
    made = sum(await asyncio.gather(*(client() for _ in range(CLIENTS))))
    return made / (time.monotonic() - started)


async def oversold() -> int:
    """Let all clients take from a few units until they are refused; return how many too many they got."""
    stock_id = await create_stock(FEW)

    async def client() -> int:
        made = 0
        while made <= FEW:
            try:
                await reserve(stock_id)
            except OutOfStock:
                break
            made += 1
        return made

    made = sum(await asyncio.gather(*(client() for _ in range(CLIENTS))))
    level = (await levels([stock_id]))[stock_id]
    assert made >= FEW and level.held == FEW, f"{made} made, {level}"
    return made - FEW


async def compare(disk: str) -> None:
    """Let both reserve in turn, and report our share of what pgbench reaches."""
    file = Path(os.environ["BENCH_FOLDER"]) / "reservation.sql"
    limits: list[float] = []
    reached: list[float] = []
    for _ in range(ROUNDS):
        file.write_text(await script(await create_stock(ENDLESS)))
        limits.append(pgbench(file))
        reached.append(await ours())
    share = median(reached) / median(limits)
    report(f"reservation on one stock row, {disk}: share of what pgbench reaches", share, ">=", 0.5)
    inform(f"reservations a second, {disk}", round(median(reached)))
    inform(f"pgbench with the same statements a second, {disk}", round(median(limits)))


async def wait_for_disk(*, on: bool) -> None:
    """Choose whether a commit waits for the disk, for sessions that begin from now on."""
    name = urlsplit(os.environ["MAYFLY_DATABASE_URL"]).path.strip("/")
    setting = "on" if on else "off"
    await db.execute(f"ALTER DATABASE {name} SET synchronous_commit = {setting}")


async def main() -> None:
    async with database():
        await compare("each commit on the disk")
        report(f"oversold when 16 connections race for {FEW} units", await oversold(), "=", 0)
        await wait_for_disk(on=False)
    try:
        # The harder comparison: a disk that limits both alike can't hide what our own code costs.
        async with database():
            await compare("commits not waiting for the disk")
    finally:
        async with database():
            await wait_for_disk(on=True)


if __name__ == "__main__":
    os.environ["MAYFLY_POOL_MIN"] = os.environ["MAYFLY_POOL_MAX"] = str(CLIENTS)
    uvloop.run(main())
