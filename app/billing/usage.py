"""What an organization uses of its plan. Counting belongs to the modules that own the things; `main.py` registers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from app.billing.plans import Limit, Plan

Counter = Callable[[UUID], Awaitable[int]]

_counters: dict[Limit, Counter] = {}


def register(limit: Limit, counter: Counter) -> None:
    """Let `counter` tell how many of `limit` an organization has."""
    _counters[limit] = counter


@dataclass(frozen=True)
class Usage:
    """How much of one limit is used; `allowed` None is without limit."""

    limit: Limit
    used: int
    allowed: int | None

    @property
    def over(self) -> bool:
        return self.allowed is not None and self.used > self.allowed

    @property
    def full(self) -> bool:
        return self.allowed is not None and self.used >= self.allowed


async def usage_of(organization_id: UUID, plan: Plan) -> list[Usage]:
    """Return what the organization uses, against what `plan` allows."""
    return [
        Usage(limit, await _counters[limit](organization_id), plan.allows(limit))
        for limit in Limit
        if limit in _counters
    ]
