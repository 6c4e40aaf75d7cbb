"""Mail members their notices: everything since the last mail in one, at most once in `WINDOW`.

A rush of a thousand sales is so one or two mails, however many jobs noted them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.auth.people import Reader, readers_of
from app.core import db
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.money import format_money
from app.core.settings import get_settings
from app.notices.preferences import preferences_of
from app.notifications.sending import send_email

WINDOW = timedelta(minutes=15)
# When the mail of who wants one a day leaves, by their own clock.
DAILY_AT = time(8)
MOST_SHOWN = 10


@dataclass(frozen=True)
class Waiting:
    """A member whose notices wait, the first of them since `first_at`; `last_at` is when they were told before."""

    user_id: UUID
    first_at: datetime
    last_at: datetime | None


async def tell_waiting(now: datetime) -> int:
    """Send the mails that are due; return how many. Twice at once sends each notice once."""
    rows = await db.fetch(
        """SELECT n.user_id, min(n.happened_at) AS first_at,
             (SELECT max(t.told_at) FROM notice t WHERE t.user_id = n.user_id) AS last_at
           FROM notice n WHERE n.told_at IS NULL GROUP BY n.user_id"""
    )
    waiting = [Waiting(**dict(row)) for row in rows]
    readers = await readers_of([one.user_id for one in waiting])
    wanted = await preferences_of([one.user_id for one in waiting])
    sent = 0
    for one in waiting:
        reader = readers[one.user_id]
        if is_due(one, reader.zone, now, daily=wanted[one.user_id].daily):
            sent += await _tell(reader, now)
    return sent


def is_due(waiting: Waiting, zone: str, now: datetime, *, daily: bool) -> bool:
    """Whether a member's mail may leave: `WINDOW` after the last, or at eight in the morning of their zone."""
    if not daily:
        return waiting.last_at is None or waiting.last_at + WINDOW <= now
    local = now.astimezone(ZoneInfo(zone or "UTC"))
    morning = local.replace(hour=DAILY_AT.hour, minute=0, second=0, microsecond=0)
    return waiting.first_at < (morning if morning <= local else morning - timedelta(days=1))


async def _tell(reader: Reader, now: datetime) -> int:
    async with db.transaction():
        rows = await db.fetch(
            """UPDATE notice SET told_at = $2 WHERE user_id = $1 AND told_at IS NULL
               RETURNING id, kind, subject_id, title, amount, currency, happened_at""",
            *(reader.user_id, now),
        )
        if not rows or not reader.verified:
            return 0
        newest = sorted(rows, key=lambda row: (row["happened_at"], row["id"]), reverse=True)
        shown = [_line(row) for row in newest[:MOST_SHOWN]]
        await send_email(
            reader.email,
            "activity-notice",
            {
                "summary": summary_of([row["kind"] for row in rows]),
                "lines": shown,
                "more": len(rows) - len(shown),
                "zone": reader.zone or "UTC",
                "settings_url": f"{_base()}/console/account/notices",
            },
            key=f"activity-notice:{newest[0]['id']}",
            subject_of=reader.user_id,
            list_id=reader.user_id,
        )
    return 1


def _base() -> str:
    return get_settings().base_url.rstrip("/")


def _line(row: db.Record) -> dict[str, object]:
    where = "registrations" if row["kind"] == "registration" else "orders"
    money = format_money(row["amount"], row["currency"], "en") if row["currency"] else ""
    return {
        "words": kind_words(row["kind"]),
        "title": row["title"],
        "money": money,
        "at": row["happened_at"],
        "url": f"{_base()}/console/{where}/{row['subject_id']}",
    }


def kind_words(kind: str) -> str:
    return {
        "sale": _("Sold"),
        "refund": _("Refunded"),
        "registration": _("Registered"),
        "dispute": _("Payment disputed"),
    }[kind]


def summary_of(kinds: Sequence[str]) -> str:
    """Say how many of each kind, such as "3 sales, 1 refund"."""
    counts = Counter(kinds)
    words = {
        "sale": lambda n: ngettext("%(num)s sale", "%(num)s sales", n),
        "refund": lambda n: ngettext("%(num)s refund", "%(num)s refunds", n),
        "registration": lambda n: ngettext("%(num)s registration", "%(num)s registrations", n),
        "dispute": lambda n: ngettext("%(num)s disputed payment", "%(num)s disputed payments", n),
    }
    return ", ".join(say(counts[kind]) for kind, say in words.items() if counts[kind])
