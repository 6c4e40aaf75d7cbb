"""Messages and their fate."""

from piccolo.columns import JSONB, UUID, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.core.ids import new_id


class Message(Table, tablename="message"):
    """One message to one recipient, rendered; `key` makes sure that the same one is never queued twice.

    `state` is queued, sending (a worker holds it since `claimed_at`), sent or failed; `reason` says why the last
    attempt failed. The bodies are emptied once the message is sent: the links in them open things.
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
    state = Varchar(length=10, default="queued")
    attempts = Integer(default=0)
    reason = Text()
    created_at = Timestamptz(default=None, null=False)
    claimed_at = Timestamptz(default=None, null=True)
    sent_at = Timestamptz(default=None, null=True)
