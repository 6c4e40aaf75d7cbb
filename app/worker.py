"""The job process: takes jobs from the queue and runs the one domain function that each names."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.domain.errors import PgqException
from pgqueuer.models import Schedule
from pgqueuer.ports.driver import NotifyCallback

from app.core import db, jobs
from app.core.clock import utc_now
from app.core.logging import configure_logging
from app.core.outages import is_outage
from app.core.requeueing import PatientQueries
from app.core.settings import get_settings
from app.main import register_handlers

log = structlog.get_logger()

# The pool serves the handlers; these connections serve the queue itself: one listens, the others fetch and log.
QUEUE_CONNECTIONS = 4
BATCH = 10
HEARTBEAT = timedelta(seconds=30)
# New jobs announce themselves; one that is put back for another try does not (pgqueuer's trigger sees no change in a
# statement's UPDATE), and would lie until the next look.
LOOK_EVERY = timedelta(seconds=1)
RESTART_DELAY_SECONDS = 1.0
# After these the queue is opened anew.
TRANSIENT = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # The server's farewell came between two statements.
    asyncpg.InternalClientError,
    PgqException,
    RuntimeError,
)


class ListeningDriver(AsyncpgPoolDriver):
    """Notifies only once it listens. pgqueuer probes its own listener from the start, and takes a probe that was sent
    before the LISTEN for a listener that failed: ten seconds later it would give up."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool)
        self._listening = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        self._listening.set()

    async def notify(self, channel: str, payload: str) -> None:
        await self._listening.wait()
        await super().notify(channel, payload)


def _queue(pool: asyncpg.Pool) -> PgQueuer:
    driver = ListeningDriver(pool)
    queuer = PgQueuer(driver, queries=PatientQueries(driver))
    for name in jobs.registry.handlers:
        queuer.entrypoint(name, on_failure="hold", executor_factory=jobs.RetryingExecutor)(
            jobs.executor_for(name)
        )
    for name, cron in jobs.registry.schedules.items():
        queuer.schedule(name, cron)(_enqueue_periodic(name))
    return queuer


def _enqueue_periodic(name: str):
    async def enqueue(schedule: Schedule) -> None:
        await jobs.enqueue(name, {}, dedupe=f"periodic:{name}")

    return enqueue


async def serve_queue(stop: asyncio.Event, former: list[UUID] | None = None) -> None:
    """Take jobs until `stop` is set. Raises when the database goes away.

    `former` are this process's earlier queues, which are no more: what they had picked is free again at once. This
    one's id is added.
    """
    settings = get_settings()
    if former:
        await release_picked(former)
    async with asyncpg.create_pool(
        settings.database_url, min_size=2, max_size=QUEUE_CONNECTIONS
    ) as pool:
        queuer = _queue(pool)
        if former is not None:
            former.append(queuer.qm.queue_manager_id)
        running = asyncio.ensure_future(
            queuer.run(
                dequeue_timeout=LOOK_EVERY,
                batch_size=BATCH,
                heartbeat_timeout=HEARTBEAT,
                shutdown_on_listener_failure=True,
            )
        )
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        queuer.shutdown.set()
        await running


async def release_picked(managers: Sequence[UUID]) -> int:
    """Queue again what these queues had picked and can't have finished; return how many jobs. Other processes' jobs
    are theirs until their heartbeat is too old."""
    return await db.execute(
        "UPDATE pgqueuer SET status = 'queued', queue_manager_id = NULL, updated = now() "
        "WHERE status = 'picked' AND queue_manager_id = ANY($1::uuid[])",
        list(managers),
    )


async def _open_pool(stop: asyncio.Event) -> None:
    """Open the pool, and wait for a database that is still starting."""
    while not stop.is_set():
        try:
            await db.open_pool()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("worker.waiting", error=repr(error))
            await _pause(stop)
        else:
            return


async def _pause(stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), RESTART_DELAY_SECONDS)


async def run_worker() -> None:
    """Run until SIGTERM or SIGINT; when the database goes away or the queue gives up, wait and start over."""
    register_handlers()
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    await _open_pool(stop)
    former: list[UUID] = []
    log.info("worker.started", jobs=len(jobs.registry.handlers), at=utc_now().isoformat())
    while not stop.is_set():
        try:
            await serve_queue(stop, former)
        except TRANSIENT as error:
            log.warning("worker.restarting", error=repr(error))
            await _pause(stop)
    await db.close_pool()


def main() -> None:
    configure_logging(get_settings())
    asyncio.run(run_worker())


if __name__ == "__main__":
    main()
