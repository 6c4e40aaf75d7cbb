"""State machines on the real database: hypothesis decides in a thread, the application runs in the tests' own loop."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from app.core import db

Result = TypeVar("Result")

SECONDS_FOR_A_STEP = 30


class DatabaseMachine(RuleBasedStateMachine):
    """A machine whose rules await the application with `self.do(...)`. `world` is what its test gave to `run`."""

    loop: asyncio.AbstractEventLoop
    world: Any

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run `work` in the tests' loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS_FOR_A_STEP)


_PLAYED_WITH = (
    "pgqueuer", "message", "stripe_event", "refund", "order_event", "order_line", '"order"', "hold_line", "hold",
    "page_change", "page_transition", "page_content", "page", "product", "stock", "invariant_report",
)  # fmt: skip


async def clear() -> None:
    """Begin a game on an empty board; who plays is kept."""
    async with db.connection() as conn:
        await conn.execute(
            "SET session_replication_role = replica; "
            + "".join(f"DELETE FROM {table}; " for table in _PLAYED_WITH)
            + "SET session_replication_role = origin"
        )


async def run(machine: type[DatabaseMachine], world: Any, *, examples: int, steps: int) -> None:
    """Let hypothesis play `examples` games of at most `steps` steps each, MODEL_DEPTH times as many."""
    played = type(
        machine.__name__, (machine,), {"loop": asyncio.get_running_loop(), "world": world}
    )
    bounds = settings(
        max_examples=examples * int(os.environ.get("MODEL_DEPTH", "1")),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, played, settings=bounds)
