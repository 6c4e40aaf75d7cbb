"""Messages on disk, one `.eml` file each, and what a page needs to know of them."""

import email.policy
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path

NAME = re.compile(r"\d{17}-[0-9a-f]{6}")
LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class Attachment:
    """A file in a message."""

    name: str
    content_type: str
    content: bytes


class Mail:
    """One received message. The envelope is kept as leading `Return-Path` and `Delivered-To` headers."""

    def __init__(self, id: str, source: bytes) -> None:
        self.id = id
        self.source = source
        self.received = datetime.strptime(id[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    @cached_property
    def message(self) -> EmailMessage:
        parsed = BytesParser(policy=email.policy.default).parsebytes(self.source)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def header(self, name: str) -> str:
        return str(self.message.get(name, ""))

    @property
    def recipients(self) -> list[str]:
        """Who it was delivered to, by the envelope."""
        return [str(value) for value in self.message.get_all("Delivered-To", [])]

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        return self._body("html")

    @cached_property
    def attachments(self) -> list[Attachment]:
        return [_attachment(part) for part in self.message.iter_attachments()]

    def links(self) -> list[str]:
        """Web addresses in the text, in order."""
        return LINK.findall(self.text)

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except (LookupError, ValueError):  # an unknown or broken encoding: show what can be shown
            return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


class Mailbox:
    """All messages in `folder`, newest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(path for path in folder.glob("*.eml") if NAME.fullmatch(path.stem))
        self._mails = {path.stem: Mail(path.stem, path.read_bytes()) for path in files}

    def add(self, content: bytes, sender: str, recipients: list[str], now: datetime) -> Mail:
        """Keep a message; it is on disk when this returns."""
        id = now.strftime("%Y%m%d%H%M%S%f")[:17] + "-" + secrets.token_hex(3)
        envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {to}" for to in recipients)]
        mail = Mail(id, "\r\n".join([*envelope, ""]).encode() + content)
        fresh = self.folder / f"{id}.new"
        fresh.write_bytes(mail.source)
        fresh.rename(self.folder / f"{id}.eml")
        self._mails[id] = mail
        return mail

    def find(self, to: str = "") -> list[Mail]:
        """Messages to an address that contains `to`, newest first."""
        wanted = to.strip().casefold()
        newest_first = reversed(list(self._mails.values()))
        return [
            mail
            for mail in newest_first
            if not wanted or any(wanted in one.casefold() for one in mail.recipients)
        ]

    def get(self, id: str) -> Mail | None:
        return self._mails.get(id)

    def delete(self, mails: list[Mail]) -> None:
        for mail in mails:
            (self.folder / f"{mail.id}.eml").unlink(missing_ok=True)
            self._mails.pop(mail.id, None)


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    name = part.get_filename() or "attachment"
    return Attachment(name, part.get_content_type(), content if isinstance(content, bytes) else b"")
