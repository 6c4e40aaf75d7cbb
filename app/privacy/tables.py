"""Reports of what was let go, exports that were asked for, and accounts that end. Checks are in the migrations."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.core.ids import new_id

QUEUED, RUNNING, DONE, FAILED, GONE = "queued", "running", "done", "failed", "gone"
ASKED, CLOSING, CANCELLED, ERASED = "asked", "closing", "cancelled", "erased"


class RetentionReport(Table, tablename="retention_report"):
    """One run of the retention rules, in milliseconds. `lines` is a list of {rule, before, count}."""

    id = UUID(primary_key=True, default=new_id)
    at = Timestamptz(default=None, null=False, index=True)
    took = Integer(default=0)
    lines = JSONB(default="[]")


class DataExport(Table, tablename="data_export"):
    """Somebody's data in one file. `done` of `steps` are through while it is running; one of a person is under way.

    `organization_id` is whose things are in it, all of them if `whole`; None before it is built, and in what the previous
    version built. Its `object_key` is there until `expires_at`; `attempts` is how often a worker began.
    """

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(
        LazyTableReference("User", module_path="app.auth.tables"),
        null=False,
        on_delete=OnDelete.cascade,
        index=True,
    )
    state = Varchar(length=10, default=QUEUED)
    done = SmallInt(default=0)
    steps = SmallInt(default=0)
    attempts = SmallInt(default=0)
    size = BigInt(default=0)
    object_key = Varchar(length=200, default=None, null=True)
    organization_id = UUID(default=None, null=True)
    whole = Boolean(default=False)
    asked_at = Timestamptz(default=None, null=False)
    finished_at = Timestamptz(default=None, null=True)
    expires_at = Timestamptz(default=None, null=True)


class AccountErasure(Table, tablename="account_erasure"):
    """An account that ends at `due_at` unless it is cancelled until then; one of a person is asked for or closing.

    While it is closing nobody logs in, and what is under way (checkouts) comes to its end. `reason` says why it was
    cancelled, if not by hand.
    """

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(
        LazyTableReference("User", module_path="app.auth.tables"),
        null=False,
        on_delete=OnDelete.cascade,
        index=True,
    )
    state = Varchar(length=10, default=ASKED)
    reason = Varchar(length=20, default="")
    language = Varchar(length=12, default="en")
    asked_at = Timestamptz(default=None, null=False)
    due_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)
