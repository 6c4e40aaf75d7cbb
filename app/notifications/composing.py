"""A stored message as an email: headers that stay the same however often it is tried."""

import json
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.core.addresses import wire_address
from app.core.db import Record
from app.core.settings import get_settings
from app.notifications.headers import line_header, mailbox_header, text_header
from app.notifications.smtp import MailFailed
from app.notifications.unsubscribing import unsubscribe_url


def sender_address() -> str:
    """Return the bare address of `mail_from`, for the envelope."""
    return wire_address(parseaddr(get_settings().mail_from)[1])


def message_id(id: object) -> str:
    """Return the Message-ID of a stored message: a mail program shows a message that came twice only once."""
    return f"<{id}@{sender_address().rpartition('@')[2] or 'localhost'}>"


def compose(row: Record) -> EmailMessage:
    """Return the email for a row of `message`. Raises MailFailed (permanent) when its address is none."""
    email = EmailMessage(policy=SMTP)
    try:
        name = parseaddr(get_settings().mail_from)[0]
        email["From"] = mailbox_header("From", name, sender_address())
        email["To"] = mailbox_header("To", "", wire_address(row["recipient"]))
        email["Subject"] = text_header("Subject", row["subject"])
    except (MessageError, ValueError, IndexError) as error:
        raise MailFailed(f"{row['recipient']}: {error}", permanent=True) from error
    email["Date"] = format_datetime(row["created_at"])
    email["Message-ID"] = message_id(row["id"])
    email["Content-Language"] = row["locale"]
    email["Auto-Submitted"] = "auto-generated"
    if row["list_id"]:
        url = unsubscribe_url(row["id"], row["created_at"])
        email["List-Unsubscribe"] = line_header("List-Unsubscribe", f"<{url}>")
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
