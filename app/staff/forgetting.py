"""The staff's log is kept for a time, and where its lines came from for a shorter one."""

from app.core.i18n import gettext as _
from app.core.retaining import Rows
from app.privacy.rules import ADDRESSES, Rule, more_of

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
