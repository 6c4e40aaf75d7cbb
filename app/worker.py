"""The job process: takes jobs from the queue and runs the one domain function that each names."""

import asyncio
import signal
from datetime import timedelta

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
from app.core.requeueing import PatientQueries
from app.core.settings import get_settings
from app.main import register_handlers

log = structlog.get_logger()

# The pool serves the handlers; these connections serve the queue itself: one listens, the others fetch and log.
QUEUE_CONNECTIONS = 4
BATCH = 10
HEARTBEAT = timedelta(seconds=30)
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


async def serve_queue(stop: asyncio.Event) -> None:
    """Take jobs until `stop` is set. Raises when the database goes away."""
    settings = get_settings()
    async with asyncpg.create_pool(
        settings.database_url, min_size=2, max_size=QUEUE_CONNECTIONS
    ) as pool:
        queuer = _queue(pool)
        running = asyncio.ensure_future(
            queuer.run(
                batch_size=BATCH, heartbeat_timeout=HEARTBEAT, shutdown_on_listener_failure=True
            )
        )
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        queuer.shutdown.set()
        await running


async def run_worker() -> None:
    """Run until SIGTERM or SIGINT; when the database goes away or the queue gives up, wait and start over."""
    register_handlers()
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    await db.open_pool()
    log.info("worker.started", jobs=len(jobs.registry.handlers), at=utc_now().isoformat())
    while not stop.is_set():
        try:
            await serve_queue(stop)
        except TRANSIENT as error:
            log.warning("worker.restarting", error=repr(error))
            await asyncio.wait({asyncio.ensure_future(stop.wait())}, timeout=RESTART_DELAY_SECONDS)
    await db.close_pool()


def main() -> None:
    configure_logging(get_settings())
    asyncio.run(run_worker())


if __name__ == "__main__":
    main()
