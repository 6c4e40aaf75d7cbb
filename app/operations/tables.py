"""What the invariant job found."""

from piccolo.columns import JSONB, UUID, Integer, Timestamptz
from piccolo.table import Table

from app.core.ids import new_id


class InvariantReport(Table, tablename="invariant_report"):
    """One run of the checks, in milliseconds. `repaired` and `broken` are lists of {check, subject, detail}; `broken` is
    what was left after repairing."""

    id = UUID(primary_key=True, default=new_id)
    at = Timestamptz(default=None, null=False, index=True)
    took = Integer(default=0)
    repaired = JSONB(default="[]")
    broken = JSONB(default="[]")
