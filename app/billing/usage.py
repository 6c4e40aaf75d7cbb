"""What an organization uses of its plan. Counting belongs to the modules that own the things; `main.py` registers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from app.billing.plans import Limit, Plan

Counter = Callable[[UUID], Awaitable[int]]

_counters: dict[Limit, list[Counter]] = {}


def register(limit: Limit, counter: Counter) -> None:
    """Let `counter` tell how many of `limit` an organization has; several counters are added up."""
    known = _counters.setdefault(limit, [])
    if counter not in known:
        known.append(counter)


async def used(limit: Limit, organization_id: UUID) -> int:
    """Return how many of `limit` the organization has, as all who count say."""
    return sum([await counter(organization_id) for counter in _counters.get(limit, [])])


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
        Usage(limit, await used(limit, organization_id), plan.allows(limit))
        for limit in Limit
        if limit in _counters
    ]
