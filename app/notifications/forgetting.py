"""Taking messages back: about somebody who wants to be forgotten, or who no longer takes part; and those that are old."""

from collections.abc import Collection
from uuid import UUID

from app.core.db import execute
from app.core.retaining import Rows
from app.notifications.unsubscribing import canonical

# A message that is emptied stays as a row: it says that it was sent once, and by its key that it is not sent again.
_EMPTY = "recipient = '', subject = '', text = '', html = '', attachments = '[]', reason = ''"
_UNSENT = "state = CASE WHEN state IN ('queued', 'sending') THEN 'skipped' ELSE state END"
OLD = (
    Rows(
        "message",
        "recipient <> '' AND state IN ('sent', 'failed', 'bounced', 'skipped') AND created_at < $1",
        empty=_EMPTY,
    ),
)

# What could not be delivered can be sent again by hand for a while; its links open things.
UNDELIVERED = (
    Rows(
        "message",
        "state = 'failed' AND text <> '' AND created_at < $1",
        empty="text = '', html = '', attachments = '[]'",
    ),
)


async def forget(subject_of: UUID) -> None:
    """Erase every message about one thing, sent or not, in the caller's transaction. What waits is not sent."""
    await execute("DELETE FROM message WHERE subject_of = $1", subject_of)


async def withdraw(subject_of: UUID, reason: str) -> None:
    """Let no message of a list about one thing leave that still waits, in the caller's transaction."""
    await execute(
        "UPDATE message SET state = 'skipped', reason = $2, text = '', html = '', attachments = '[]' "
        "WHERE subject_of = $1 AND list_id IS NOT NULL AND state = 'queued'",
        *(subject_of, reason),
    )


async def forget_all(subjects: Collection[UUID]) -> None:
    """Erase every message about any of these, as `forget`."""
    await execute("DELETE FROM message WHERE subject_of = ANY($1::uuid[])", list(subjects))


async def forget_wish(recipient: str, list_id: UUID) -> None:
    """Forget that somebody wanted no more of a list: they are on it no longer."""
    await execute(
        "DELETE FROM unsubscription WHERE recipient = $1 AND list_id = $2",
        *(canonical(recipient), list_id),
    )


async def forget_list(list_id: UUID) -> None:
    """Forget who wants no more messages of a list that nobody is on any more."""
    await execute("DELETE FROM unsubscription WHERE list_id = $1", list_id)


async def empty_about(subjects: Collection[UUID]) -> None:
    """Forget whom messages about any of these were to and what they said, in the caller's transaction; what waits is not
    sent. That they were is kept: nothing is sent twice."""
    await execute(
        f"UPDATE message SET {_EMPTY}, {_UNSENT} WHERE subject_of = ANY($1::uuid[])",  # noqa: S608 - own text
        list(subjects),
    )


async def empty_to(address: str, but_about: Collection[UUID]) -> None:
    """Forget in the same way every message to an address, but for those about any of `but_about`."""
    await execute(
        f"""UPDATE message SET {_EMPTY}, {_UNSENT} WHERE lower(recipient) = lower($1)
            AND NOT fleeting AND (subject_of IS NULL OR subject_of <> ALL($2::uuid[]))""",  # noqa: S608 - own text
        *(address, list(but_about)),
    )
