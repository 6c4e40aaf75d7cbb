"""Jobs: enqueued inside the transaction that causes them, run by the worker, retried, and kept when they give up.

pgqueuer holds the queue. A recorded event is a job too: the module that raises it enqueues a name, and `main.py`
registers the handler of the module that acts on it.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from app.core.clock import utc_now
from app.core.db import connection, fetch, transaction
from app.core.i18n import DEFAULT_LANGUAGE, current_language

Payload = dict[str, Any]
Handler = Callable[[Payload, datetime], Awaitable[None]]

ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=10)


@dataclass
class Registry:
    """The handlers this process knows: jobs by name, and periodic jobs with their cron expression."""

    handlers: dict[str, Handler] = field(default_factory=dict[str, Handler])
    schedules: dict[str, str] = field(default_factory=dict[str, str])
    listeners: dict[str, list[Handler]] = field(default_factory=dict[str, list[Handler]])

    def declare(self, name: str) -> list[Handler]:
        """Make `name` an event, whose handler calls all that listen; return those."""
        if name not in self.listeners:
            found = self.listeners[name] = []

            async def tell_all(payload: Payload, now: datetime) -> None:
                for listener in found:
                    await listener(payload, now)

            self.add(name, tell_all)
        return self.listeners[name]

    def add(self, name: str, handler: Handler) -> None:
        if self.handlers.get(name, handler) is not handler:
            raise RuntimeError(f"Two handlers for the job {name}.")
        self.handlers[name] = handler


registry = Registry()


def job(name: str) -> Callable[[Handler], Handler]:
    """Register a handler `(payload, now)` under `name`. It must be idempotent: a job may run more than once."""

    def register(handler: Handler) -> Handler:
        registry.add(name, handler)
        return handler

    return register


def periodic(name: str, cron: str) -> Callable[[Handler], Handler]:
    """Register a handler that also runs by the five-field `cron` expression (UTC), once for all workers."""

    def register(handler: Handler) -> Handler:
        registry.add(name, handler)
        registry.schedules[name] = cron
        return handler

    return register


def on_event(name: str, handler: Handler) -> None:
    """Let `handler` act, among others, on the event `name` that a lower module records. It must be idempotent."""
    listeners = registry.declare(name)
    if handler not in listeners:
        listeners.append(handler)


def event(name: str) -> None:
    """Declare an event that this module records, so that it is no error when nobody listens."""
    registry.declare(name)


async def enqueue(
    name: str,
    payload: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
    dedupe: str | None = None,
) -> None:
    """Queue a job in the current transaction (or on its own), to run now or at `run_at`.

    With `dedupe`, nothing is queued while a job with that key waits.
    """
    async with connection() as conn:
        await Queries(AsyncpgDriver(conn)).enqueue(
            name,
            _body(payload, run_at),
            execute_after=_delay(run_at),
            dedupe_key=dedupe,
            on_conflict="skip",
        )


async def enqueue_many(
    name: str, wanted: Sequence[tuple[Mapping[str, Any], datetime | None]]
) -> None:
    """Queue many jobs of one name, each a payload and when to run it, in one statement of the current transaction."""
    if not wanted:
        return
    async with connection() as conn:
        await Queries(AsyncpgDriver(conn)).enqueue(
            [name] * len(wanted),
            [_body(payload, run_at) for payload, run_at in wanted],
            [0] * len(wanted),
            [_delay(run_at) or timedelta() for _payload, run_at in wanted],
        )


def _delay(run_at: datetime | None) -> timedelta | None:
    return max(run_at - utc_now(), timedelta()) if run_at else None


def _body(payload: Mapping[str, Any], run_at: datetime | None) -> bytes:
    body = {
        "data": payload,
        "run_at": run_at.isoformat() if run_at else None,
        "lang": current_language.get(),
    }
    return json.dumps(body, default=str).encode()


async def run(name: str, body: bytes | None, now: datetime) -> None:
    """Run the handler of `name` with an enqueued body, in the language it was enqueued in."""
    envelope = cast(dict[str, Any], json.loads(body or b"{}"))
    token = current_language.set(envelope.get("lang", DEFAULT_LANGUAGE))
    try:
        await registry.handlers[name](envelope.get("data", {}), now)
    finally:
        current_language.reset(token)


class RetryingExecutor(DatabaseRetryEntrypointExecutor):
    """Retries with exponential backoff; after the last attempt the job is held as a dead letter."""

    def __init__(self, parameters: EntrypointExecutorParameters) -> None:
        super().__init__(
            parameters=parameters,
            max_attempts=ATTEMPTS,
            initial_delay=FIRST_DELAY,
            max_delay=LONGEST_DELAY,
        )


def executor_for(name: str) -> Callable[[Job], Awaitable[None]]:
    """Return the pgqueuer entrypoint that runs `name`; the worker's edge, where the clock is read."""

    async def execute(job: Job) -> None:
        await run(name, job.payload, utc_now())

    return execute


# When a queued job runs, as it was enqueued.
_RUN_AT = "(convert_from(payload, 'UTF8')::jsonb ->> 'run_at')::timestamptz"
_AMONG = "status = 'queued' AND ($1::text[] IS NULL OR split_part(entrypoint, '.', 1) = ANY($1))"


async def next_run_at(among: Sequence[str] | None = None) -> datetime | None:
    """Return when the first of the queued jobs that wait for a moment runs; None when none waits."""
    rows = await fetch(f"SELECT min({_RUN_AT}) AS at FROM pgqueuer WHERE {_AMONG}", among)  # noqa: S608
    return cast(datetime | None, rows[0]["at"])


async def drain(now: datetime, *, limit: int = 1000, among: Sequence[str] | None = None) -> int:
    """Run, in this process, every queued job that is due at `now`, and what those enqueue. Return how many ran.

    For commands, tests and rehearsals: a job that raises is taken off the queue and its error is raised here. `among`
    names the modules whose jobs run; None is all.
    """
    ran = 0
    while ran < limit:
        rows = await fetch(
            f"""DELETE FROM pgqueuer WHERE id = (
                 SELECT id FROM pgqueuer WHERE {_AMONG} AND coalesce({_RUN_AT}, '-infinity') <= $2
                 ORDER BY coalesce({_RUN_AT}, created), id LIMIT 1 FOR UPDATE SKIP LOCKED)
               RETURNING entrypoint, payload""",  # noqa: S608 - own constants
            among,
            now,
        )
        if not rows:
            return ran
        await run(rows[0]["entrypoint"], rows[0]["payload"], now)
        ran += 1
    raise RuntimeError(f"More than {limit} jobs: do they enqueue one another for ever?")


@dataclass(frozen=True)
class DeadLetter:
    """A job that gave up: what it was, when, after how many attempts, and why."""

    id: int
    name: str
    payload: Payload
    attempts: int
    since: datetime
    reason: str


async def dead_letters(limit: int = 100) -> list[DeadLetter]:
    """Return the jobs that gave up, newest first."""
    rows = await fetch(
        """SELECT q.id, q.entrypoint, q.payload, q.attempts, q.updated,
             (SELECT l.traceback ->> 'exception_message' FROM pgqueuer_log l
              WHERE l.job_id = q.id AND l.status = 'failed' ORDER BY l.id DESC LIMIT 1) AS reason
           FROM pgqueuer q WHERE q.status = 'failed' ORDER BY q.updated DESC LIMIT $1""",
        limit,
    )
    return [
        DeadLetter(
            id=row["id"],
            name=row["entrypoint"],
            payload=json.loads(row["payload"] or b"{}").get("data", {}),
            attempts=row["attempts"],
            since=row["updated"],
            reason=row["reason"] or "",
        )
        for row in rows
    ]


async def retry_dead_letter(job_id: int) -> bool:
    """Queue a dead letter again. False when it is no longer there."""
    async with transaction():
        rows = await fetch(
            "UPDATE pgqueuer SET status = 'queued', execute_after = now(), attempts = 0, updated = now() "
            "WHERE id = $1 AND status = 'failed' RETURNING id",
            job_id,
        )
    return bool(rows)
