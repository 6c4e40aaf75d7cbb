"""What accounts leave behind for a time: where somebody logged in from, sessions that are over, the security log."""

from app.core.retaining import Months, Rows

ADDRESSES = (
    Rows("session", "ip IS NOT NULL AND rotated_at < $1", empty="ip = NULL"),
    Rows("security_log", "ip IS NOT NULL AND created_at < $1", empty="ip = NULL"),
)
SESSIONS = (Rows("session", "coalesce(ended_at, expires_at) < $1"),)
SECURITY_LOG = (Months("security_log", "created_at"),)
