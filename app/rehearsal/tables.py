"""Rehearsals that were asked for, and what came of them. Checks and indexes are in the migration."""

from piccolo.columns import JSONB, UUID, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.auth.tables import User
from app.core.ids import new_id
from app.pages.tables import Page

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"


class Rehearsal(Table, tablename="rehearsal"):
    """One rehearsal of a page; at most one of a page is queued or running.

    `people` come `at_once` of them at a time, ask for up to `pieces` each, and `fickle` per cent of them change their
    mind. `progress` counts those who are through, `phase` says what happens now, `attempts` how often a worker began.
    `report` is what came of it once it is done, `reason` why it failed.
    """

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.cascade)
    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.restrict)
    people = Integer(null=False, default=1)
    at_once = SmallInt(null=False, default=1)
    pieces = SmallInt(null=False, default=1)
    fickle = SmallInt(null=False, default=0)
    state = Varchar(length=10, null=False, default=QUEUED)
    phase = Varchar(length=12, null=False, default="")
    progress = Integer(null=False, default=0)
    attempts = SmallInt(null=False, default=0)
    report = JSONB(null=False, default="{}")
    reason = Text(null=False, default="")
    created_at = Timestamptz(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
