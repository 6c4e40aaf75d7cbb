"""The worker outlives what ends its queue: a worker that exits sells nothing more."""

import asyncio
import signal
from typing import Any

import asyncpg
import pytest
from pgqueuer.domain.errors import FailingListenerError

from app import worker
from app.core import db
from tests.support.patience import PATIENCE_SECONDS


@pytest.mark.parametrize(
    "error", [FailingListenerError(), ConnectionRefusedError(), asyncpg.InterfaceError("closed")]
)
async def test_it_opens_the_queue_anew(
    app: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    opened: list[str] = []

    async def serve_queue(stop: asyncio.Event, former: list[Any]) -> None:
        opened.append("queue")
        if len(opened) == 1:
            raise error
        stop.set()

    async def nothing() -> None:
        """The pool belongs to the other tests."""

    monkeypatch.setattr(worker, "serve_queue", serve_queue)
    monkeypatch.setattr(worker, "RESTART_DELAY_SECONDS", 0.01)
    monkeypatch.setattr(db, "open_pool", nothing)
    monkeypatch.setattr(db, "close_pool", nothing)
    try:
        await asyncio.wait_for(worker.run_worker(), PATIENCE_SECONDS)
    finally:
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(sign)
    assert len(opened) == 2
