"""Plans as data, and who pays for which. Checks, partial indexes and the plans themselves are in the migrations."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.core.ids import new_id

STRIPE, STAFF = "stripe", "staff"
# Stripe's own words. `incomplete` is also a checkout that nobody has paid yet.
INCOMPLETE, ACTIVE, TRIALING = "incomplete", "active", "trialing"
PAST_DUE, UNPAID, PAUSED = "past_due", "unpaid", "paused"
CANCELED, INCOMPLETE_EXPIRED = "canceled", "incomplete_expired"
PAYING = (ACTIVE, TRIALING)
OWING = (PAST_DUE, UNPAID, PAUSED)
FINAL = (CANCELED, INCOMPLETE_EXPIRED)
STATUSES = (INCOMPLETE, *PAYING, *OWING, *FINAL)


class Plan(Table, tablename="plan"):
    """What an organization can be on. `amount` is in minor units for one `interval`; None is a price on request.

    `features` holds limits by name (null: none), see `plans.Features`.
    """

    id = UUID(primary_key=True, default=new_id)
    key = Varchar(length=40, null=False, unique=True)
    name = Varchar(length=80, null=False)
    position = Integer(null=False, default=0)
    amount = BigInt(null=True, default=None)
    currency = Varchar(length=3, null=False, default="EUR")
    interval = Varchar(length=5, null=False, default="month")
    visible = Boolean(null=False, default=True)
    features = JSONB(null=False, default="{}")


class Subscription(Table, tablename="subscription"):
    """An organization's paid plan, from the first checkout on; at most one of an organization is not over.

    `status` is Stripe's. `attempt` counts checkouts, of which only the last may be paid. `version` goes up with every
    change, so that what was asked of Stripe before another's answer was stored is asked again.
    """

    id = UUID(primary_key=True, default=new_id)
    organization_id = ForeignKey(
        LazyTableReference("Organization", module_path="app.auth.tables"),
        null=False,
        on_delete=OnDelete.restrict,
        index=True,
    )
    plan_id = ForeignKey(Plan, null=False, on_delete=OnDelete.restrict, index=True)
    source = Varchar(length=6, null=False, default=STRIPE)
    status = Varchar(length=20, null=False, default=INCOMPLETE)
    amount = BigInt(null=True, default=None)
    currency = Varchar(length=3, null=False, default="EUR")
    attempt = Integer(null=False, default=1)
    checkout_id = Varchar(length=255, null=True, default=None)
    checkout_url = Varchar(length=2000, null=True, default=None)
    stripe_id = Varchar(length=255, null=True, default=None, unique=True)
    item_id = Varchar(length=255, null=True, default=None)
    period_end = Timestamptz(null=True, default=None)
    cancel_at = Timestamptz(null=True, default=None)
    owing_since = Timestamptz(null=True, default=None)
    grace_until = Timestamptz(null=True, default=None)
    assigned_by = UUID(null=True, default=None)
    version = BigInt(null=False, default=0)
    created_at = Timestamptz(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)
    checked_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_cause = Varchar(length=10, null=True, default=None)


class Customer(Table, tablename="billing_customer"):
    """An organization as Stripe knows it."""

    organization_id = ForeignKey(
        LazyTableReference("Organization", module_path="app.auth.tables"),
        primary_key=True,
        null=False,
        on_delete=OnDelete.restrict,
        index=False,
    )
    stripe_id = Varchar(length=255, null=False, unique=True)
    created_at = Timestamptz(null=False, default=None)


class Overrun(Table, tablename="plan_overrun"):
    """An organization that had more than its plan allows when it was looked at last."""

    organization_id = ForeignKey(
        LazyTableReference("Organization", module_path="app.auth.tables"),
        primary_key=True,
        null=False,
        on_delete=OnDelete.cascade,
        index=False,
    )
    noted_at = Timestamptz(null=False, default=None)
