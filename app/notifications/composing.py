"""A stored message as an email: headers that stay the same however often it is tried."""

import json
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

from app.core.db import Record
from app.core.settings import get_settings
from app.notifications.smtp import MailFailed
from app.notifications.unsubscribing import unsubscribe_url


class OneLine(str):
    """A header that is never folded. Python folds a long address into encoded words, which no mail program follows."""

    name = "List-Unsubscribe"

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def sender_address() -> str:
    """Return the bare address of `mail_from`, for the envelope."""
    return parseaddr(get_settings().mail_from)[1]


def message_id(id: object) -> str:
    """Return the Message-ID of a stored message: a mail program shows a message that came twice only once."""
    return f"<{id}@{sender_address().rpartition('@')[2] or 'localhost'}>"


def compose(row: Record) -> EmailMessage:
    """Return the email for a row of `message`. Raises MailFailed (permanent) when its address is none."""
    name, address = parseaddr(get_settings().mail_from)
    email = EmailMessage(policy=SMTP)
    try:
        email["From"] = Address(name, addr_spec=address)
        email["To"] = Address(addr_spec=row["recipient"])
        # One line, whoever stored it: Python writes a line break at the end of a header as it is.
        email["Subject"] = " ".join(row["subject"].split())
    except (MessageError, ValueError, IndexError) as error:
        raise MailFailed(f"{row['recipient']}: {error}", permanent=True) from error
    email["Date"] = format_datetime(row["created_at"])
    email["Message-ID"] = message_id(row["id"])
    email["Content-Language"] = row["locale"]
    email["Auto-Submitted"] = "auto-generated"
    if row["list_id"]:
        url = unsubscribe_url(row["id"], row["created_at"])
        email[OneLine.name] = OneLine(f"<{url}>")
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email.set_content(row["text"])
    email.add_alternative(row["html"], subtype="html")
    for file in json.loads(row["attachments"]):
        maintype, _slash, subtype = file["content_type"].partition("/")
        email.add_attachment(
            file["text"].encode(),
            maintype=maintype,
            subtype=subtype,
            filename=file["name"],
            params={"charset": "utf-8", **file["parameters"]},
        )
    return email
