"""The inbox's pages: list, message, parts, deletion; and the same as JSON for tests."""

import html
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formataddr
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import Parameter
from markupsafe import Markup

from app.sandbox.inbox.mailbox import LINK, Mail, Mailbox
from app.sandbox.web import AnyRequest, add_filter, page, see

PAGE_SIZE = 25
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
# Mail is shown as mail programs show it: its own styles and pictures, never scripts or forms.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; font-src data:; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
VIEWS = ("html", "text", "source")


def _linked(text: str) -> Markup:
    """Plain text with its web addresses made into links."""
    parts: list[str] = []
    end = 0
    for found in LINK.finditer(text):
        url = html.escape(found.group())
        anchor = f'<a href="{url}" target="_blank" rel="noopener noreferrer">{url}</a>'
        parts += [html.escape(text[end : found.start()]), anchor]
        end = found.end()
    return Markup("".join([*parts, html.escape(text[end:])]))  # noqa: S704 (escaped piece by piece)


add_filter("linked", _linked)


def sms_source(data: dict[str, str]) -> bytes:
    """A text message as the mailbox keeps it."""
    message = EmailMessage()
    message["From"] = formataddr((data.get("from", "SMS"), "sms@inbox.localhost"))
    message["To"] = data["to"]
    message["Subject"] = f"SMS: {' '.join(data.get('text', '').split())[:60]}"
    message.set_content(data.get("text", ""))
    return message.as_bytes()


def mail_of(mailbox: Mailbox, id: str) -> Mail:
    """The message, or 404."""
    mail = mailbox.get(id)
    if mail is None:
        raise NotFoundException("No such message.")
    return mail


class InboxController(Controller):
    """Everything under `/`."""

    @get("/")
    async def index(
        self,
        mailbox: Mailbox,
        to: str = "",
        number: Annotated[int, Parameter(query="page", ge=1)] = 1,
    ) -> Response[str]:
        found = mailbox.find(to)
        first = (number - 1) * PAGE_SIZE
        mails = found[first : first + PAGE_SIZE]
        older = first + PAGE_SIZE < len(found)
        links = {
            "newer": "/?" + urlencode({"to": to, "page": number - 1}) if number > 1 else "",
            "older": "/?" + urlencode({"to": to, "page": number + 1}) if older else "",
        }
        return page("inbox/index.html", mails=mails, to=to, count=len(found), links=links)

    @get("/messages/{id:str}")
    async def show(self, mailbox: Mailbox, id: str, view: str = "") -> Response[str]:
        mail = mail_of(mailbox, id)
        chosen = view if view in VIEWS else ("html" if mail.html else "text")
        source = mail.source.decode("utf-8", "replace") if chosen == "source" else ""
        return page("inbox/show.html", mail=mail, view=chosen, source=source)

    @get("/messages/{id:str}/body")
    async def body(self, mailbox: Mailbox, id: str) -> Response[str]:
        """The HTML part, for the frame; links open beside the inbox."""
        content = '<base target="_blank">' + mail_of(mailbox, id).html
        headers = {"Content-Security-Policy": MAIL_POLICY}
        return Response(content, media_type="text/html", headers=headers)

    @get("/messages/{id:str}/attachments/{number:int}")
    async def attachment(self, mailbox: Mailbox, id: str, number: int) -> Response[bytes]:
        attachments = mail_of(mailbox, id).attachments
        if not 0 <= number < len(attachments):
            raise NotFoundException("No such attachment.")
        name = re.sub(r"[^\w. -]", "_", attachments[number].name, flags=re.ASCII)
        return Response(
            attachments[number].content,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @post("/sms", status_code=202)
    async def take_sms(self, mailbox: Mailbox, data: dict[str, str]) -> dict[str, str]:
        """The SMS provider of development: keeps a text message beside the mails. `{from, to, text, reference}`."""
        if not PHONE.fullmatch(data.get("to", "")):
            raise ClientException("Unknown number.")
        mailbox.add(sms_source(data), data.get("from", ""), [data["to"]], datetime.now(UTC))
        return {"reference": data.get("reference", "")}

    @post("/messages/{id:str}/delete")
    async def delete(self, mailbox: Mailbox, id: str) -> Response[str]:
        mailbox.delete([mail_of(mailbox, id)])
        return see("/")

    @post("/delete")
    async def delete_found(self, request: AnyRequest, mailbox: Mailbox) -> Response[str]:
        """Delete every message, or those to the address in the form's `to`."""
        to = str((await request.form()).get("to", ""))
        mailbox.delete(mailbox.find(to))
        return see("/")

    @get("/messages.json")
    async def as_json(
        self, mailbox: Mailbox, to: str = "", limit: int = 50
    ) -> list[dict[str, Any]]:
        """Newest first: id, sender, recipients, subject, time, text, html, headers, links."""
        return [_as_json(mail) for mail in mailbox.find(to)[:limit]]


def _as_json(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "from": mail.header("From"),
        "to": mail.recipients,
        "subject": mail.header("Subject"),
        "received": mail.received.isoformat(),
        "text": mail.text,
        "html": mail.html,
        "links": mail.links(),
        "headers": {name: str(value) for name, value in mail.message.items()},
        "attachments": [attachment.name for attachment in mail.attachments],
    }
