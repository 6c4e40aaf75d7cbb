"""What accounts leave behind for a time: where somebody logged in from, sessions that are over, the security log."""

from app.core.retaining import Months, Rows

ADDRESSES = (
    Rows("session", "ip IS NOT NULL AND rotated_at < $1", empty="ip = NULL"),
    Rows("security_log", "ip IS NOT NULL AND created_at < $1", empty="ip = NULL"),
)
SESSIONS = (Rows("session", "coalesce(ended_at, expires_at) < $1"),)
# An address that was left can take the change back for a while; after that the change is history like the log's.
SECURITY_LOG = (
    Months("security_log", "created_at"),
    Rows("email_change", "created_at < $1 AND coalesce(undo_until, expires_at) < $1"),
)
