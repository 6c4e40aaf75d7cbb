"""Messages and their fate."""

from piccolo.columns import JSONB, UUID, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.core.ids import new_id


class Message(Table, tablename="message"):
    """One message to one recipient, rendered; `key` makes sure that the same one is never queued twice.

    `state` is queued, sending (a worker holds it since `claimed_at`), sent, failed, bounced (accepted first, returned
    later) or skipped (its recipient had unsubscribed); `reason` says why the last attempt failed. The bodies are
    emptied once the message is sent: the links in them open things. `topic_id` is what many messages belong to, a page
    say; `list_id` what the recipient can unsubscribe from, if it is that kind of message. Whom a `fleeting` one was to is forgotten once it
    has left, or was given up.
    """

    id = UUID(primary_key=True, default=new_id)
    key = Varchar(length=200, unique=True)
    channel = Varchar(length=10, default="email")
    name = Varchar(length=80)
    recipient = Varchar(length=254)
    locale = Varchar(length=20, default="en")
    subject = Varchar(length=400)
    text = Text()
    html = Text()
    attachments = JSONB(null=False, default="[]")
    subject_of = UUID(default=None, null=True)
    topic_id = UUID(default=None, null=True)
    list_id = UUID(default=None, null=True)
    state = Varchar(length=10, default="queued")
    attempts = Integer(default=0)
    reason = Text()
    fleeting = Boolean(null=False, default=False)
    created_at = Timestamptz(default=None, null=False)
    claimed_at = Timestamptz(default=None, null=True)
    sent_at = Timestamptz(default=None, null=True)


class Unsubscription(Table, tablename="unsubscription"):
    """Somebody who wants no more messages of one list; `recipient` is an address in lower case, or a number."""

    id = UUID(primary_key=True, default=new_id)
    recipient = Varchar(length=254, null=False)
    list_id = UUID(null=False)
    created_at = Timestamptz(default=None, null=False)
