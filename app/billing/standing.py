"""Which plan an organization is on at a moment: a pure function of its subscription's stored times.

Grace ends and a cancelled subscription ends at the very instant, even when no job and no webhook has come yet.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from app.billing.plans import COLUMNS, Plan, read_plan
from app.billing.tables import OWING, PAYING, STAFF
from app.core import db
from app.core.settings import get_settings


@dataclass(frozen=True)
class Subscription:
    """A subscription as stored; `plan` is what it pays for."""

    id: UUID
    organization_id: UUID
    plan: Plan
    source: str
    status: str
    amount: int | None
    currency: str
    attempt: int
    checkout_id: str | None
    checkout_url: str | None
    stripe_id: str | None
    item_id: str | None
    period_end: datetime | None
    cancel_at: datetime | None
    owing_since: datetime | None
    grace_until: datetime | None
    version: int
    created_at: datetime
    ended_at: datetime | None
    ended_cause: str | None

    @property
    def by_staff(self) -> bool:
        return self.source == STAFF

    @property
    def started(self) -> bool:
        """Whether it was ever paid for, or given."""
        return self.by_staff or self.stripe_id is not None

    def owes(self, now: datetime) -> bool:
        """Whether a payment is missing and the grace for it still runs."""
        return self.status in OWING and not self.lapsed(now) and self.ended_at is None

    def lapsed(self, now: datetime) -> bool:
        """Whether it is over by time alone."""
        ends = self.grace_until if self.status in OWING else None
        return any(at is not None and now >= at for at in (ends, self.cancel_at))

    def entitles(self, now: datetime) -> bool:
        """Whether its plan counts at `now`."""
        live = self.ended_at is None and not self.lapsed(now)
        return live and (self.status in PAYING or self.status in OWING)


@dataclass(frozen=True)
class Standing:
    """What an organization is on at `now`; `subscription` is the one that is not over, if any. `overrun`: when it was
    looked at last, it had more than its plan allows."""

    organization_id: UUID
    now: datetime
    default: Plan
    subscription: Subscription | None
    overrun: bool

    @property
    def plan(self) -> Plan:
        return self.plan_at(self.now)

    def plan_at(self, moment: datetime) -> Plan:
        """Return the plan at another moment, if nothing but time changes."""
        found = self.subscription
        return found.plan if found and found.entitles(moment) else self.default

    @property
    def owes(self) -> bool:
        return self.subscription is not None and self.subscription.owes(self.now)


_PLAIN = tuple(field.name for field in fields(Subscription) if field.name != "plan")
SUBSCRIPTION_COLUMNS = ", ".join(f"s.{name}" for name in _PLAIN) + ", " + COLUMNS

# The default plan and, beside it, the live subscription with its own plan: one statement.
_STANDING = f"""
SELECT d.*, s.*, EXISTS (SELECT 1 FROM plan_overrun WHERE organization_id = $1) AS overrun FROM (SELECT {COLUMNS.replace("plan_", "default_")} FROM plan p WHERE p.key = $2) d
LEFT JOIN (SELECT {SUBSCRIPTION_COLUMNS} FROM subscription s JOIN plan p ON p.id = s.plan_id
           WHERE s.organization_id = $1 AND s.ended_at IS NULL) s ON true
"""  # noqa: S608 - names are ours


def read_subscription(row: db.Record) -> Subscription:
    """Read the columns that SUBSCRIPTION_COLUMNS names."""
    return Subscription(**{name: row[name] for name in _PLAIN}, plan=read_plan(row))


async def standing_of(organization_id: UUID, now: datetime) -> Standing:
    """Return which plan the organization is on, in one statement. Raises RuntimeError as `default_plan`."""
    key = get_settings().default_plan
    row = await db.fetch_one(_STANDING, organization_id, key)
    if row is None:
        raise RuntimeError(f"MAYFLY_DEFAULT_PLAN names no plan: {key!r}.")
    default = read_plan(row, "default_")
    subscription = read_subscription(row) if row["id"] else None
    return Standing(organization_id, now, default, subscription, row["overrun"])


async def plan_of(organization_id: UUID, now: datetime) -> Plan:
    """Return the organization's plan as it is stored at this moment."""
    return (await standing_of(organization_id, now)).plan
