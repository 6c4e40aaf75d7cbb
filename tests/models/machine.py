"""State machines on the real database: hypothesis decides in a thread, the application runs in the tests' own loop."""

import asyncio
import os
from collections.abc import Awaitable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from app.core import db

Result = TypeVar("Result")

SECONDS_FOR_A_STEP = 30


class DatabaseMachine(RuleBasedStateMachine):
    """A machine whose rules await the application with `self.do(...)`. `world` is what its test gave to `run`."""

    loop: asyncio.AbstractEventLoop
    world: Any

    def do(self, work: Awaitable[Result]) -> Result:
        """Run `work` in the tests' loop and return its result."""
        return asyncio.run_coroutine_threadsafe(_awaited(work), self.loop).result(
            SECONDS_FOR_A_STEP
        )


async def _awaited(work: Awaitable[Result]) -> Result:
    return await work


_PLAYED_WITH = (
    "waitlist_entry", "registration_event", "registration", "pgqueuer", "message", "stripe_event", "refund", "order_event", "order_line", '"order"', "hold_line", "hold",
    "page_change", "page_transition", "page_content", "page", "product", "discount_code_page", "discount_code", "stock", "invariant_report", "subscription", "billing_customer", "plan_overrun",
)  # fmt: skip


async def clear() -> None:
    """Begin a game on an empty board; who plays is kept."""
    async with db.connection() as conn:
        await conn.execute(
            "SET session_replication_role = replica; "
            + "".join(f"DELETE FROM {table}; " for table in _PLAYED_WITH)
            + "SET session_replication_role = origin"
        )


async def run(
    machine: type[DatabaseMachine],
    world: Any,
    *,
    examples: int,
    steps: int,
    until_it_fails: bool = False,
) -> None:
    """Let hypothesis play `examples` games of at most `steps` steps each, MODEL_DEPTH times as many.

    `until_it_fails` is for controls: the first failure is enough, and nobody needs its shortest form.
    """
    played = type(
        machine.__name__, (machine,), {"loop": asyncio.get_running_loop(), "world": world}
    )
    bounds = settings(
        max_examples=examples * int(os.environ.get("MODEL_DEPTH", "1")),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        report_multiple_bugs=not until_it_fails,
        phases=[Phase.generate] if until_it_fails else list(Phase),
        database=None,
    )
    await asyncio.to_thread(run_state_machine_as_test, played, settings=bounds)
