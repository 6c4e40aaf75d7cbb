"""The plan as each process remembers it, for what happens too often to ask the database; changes are heard on the live bus.

Who takes room under a limit asks `plan_of` instead, in its own transaction.
"""

from datetime import datetime, timedelta
from uuid import UUID

from app.billing.plans import Plan
from app.billing.standing import Standing, standing_of
from app.core import jobs
from app.core.live import bus, publish

TOPIC = "plan:"
# The event {organization_id}, for the modules above: what a plan allows may be other now.
PLAN_CHANGED = "billing.plan_changed"
jobs.event(PLAN_CHANGED)
ALL_PLANS = "plans"
# A process that hears nothing, like the worker, looks again after so long.
LONGEST = timedelta(seconds=30)
MOST_REMEMBERED = 5000

_remembered: dict[UUID, Standing] = {}


async def known_plan(organization_id: UUID, now: datetime) -> Plan:
    """Return the organization's plan; another process's change may be unknown for an instant, or for LONGEST at most."""
    return (await known_standing(organization_id, now)).plan_at(now)


async def known_standing(organization_id: UUID, now: datetime) -> Standing:
    """Return how the organization stood a short while ago, in the same way; ask it about `now`."""
    found = _remembered.get(organization_id)
    if found is None or not timedelta() <= now - found.now < LONGEST:
        found = await standing_of(organization_id, now)
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[organization_id] = found
    return found


async def plan_changed(organization_id: UUID) -> None:
    """Say, in the current transaction, that the organization's plan is another, or is paid for otherwise."""
    await standing_changed(organization_id)
    await jobs.enqueue(PLAN_CHANGED, {"organization_id": organization_id})


async def standing_changed(organization_id: UUID) -> None:
    """Say, in the current transaction, that what is remembered of the organization is old."""
    await publish(f"{TOPIC}{organization_id}")


async def plans_changed() -> None:
    """Say, in the current transaction, that a plan costs or allows something else."""
    await publish(ALL_PLANS)


def _forget(topic: str | None) -> None:
    if topic is None or topic == ALL_PLANS:
        _remembered.clear()
    elif topic.startswith(TOPIC):
        _remembered.pop(UUID(topic.removeprefix(TOPIC)), None)


bus.on_change(_forget)
