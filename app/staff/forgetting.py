"""The staff's log is kept for a time, and where its lines came from for a shorter one; whom it was about goes with them."""

from app.core import db
from app.core.i18n import gettext as _
from app.core.retaining import Rows
from app.privacy.rules import ADDRESSES, Rule, more_of

# What stands where an address was.
GONE = "\u2013"

RULES = (
    more_of(ADDRESSES, Rows("staff_action", "ip IS NOT NULL AND at < $1", empty="ip = NULL")),
    Rule(
        "staff-log",
        "retention_staff_log_days",
        (Rows("staff_action", "at < $1"),),
        lambda: _("The log of what the staff of this installation did and looked at"),
        lambda: _("Deleted."),
    ),
)


async def forget_person(address: str) -> None:
    """Take an address out of the log, in the caller's transaction; what was done stays."""
    await db.execute(
        "UPDATE staff_action SET email = $2 WHERE lower(email) = lower($1)", *(address, GONE)
    )
    await db.execute(
        """UPDATE staff_action SET details = (
             SELECT jsonb_object_agg(key, CASE WHEN lower(value #>> '{}') = lower($1)
               THEN to_jsonb($2::text) ELSE value END) FROM jsonb_each(details))
           WHERE EXISTS (SELECT 1 FROM jsonb_each_text(details) AS d WHERE lower(d.value) = lower($1))""",
        *(address, GONE),
    )
