import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from app.sandbox.errors import SandboxError
from app.sandbox.inbox.starting import Inbox, start_inbox


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    inbox = start_inbox(tmp_path_factory.mktemp("inbox"))
    yield inbox
    inbox.stop()


def letter(to: str, subject: str = "Ihre Bestellung — fertig") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Mayfly <shop@example.com>", to, subject
    mail.set_content("Grüße\n\nGet it: http://127.0.0.1/d/abc?x=1&y=2 <b>now</b>\n")
    mail.add_alternative("<h1>Hello</h1><script>alert(1)</script>", subtype="html")
    mail.add_attachment(b"BEGIN", maintype="text", subtype="calendar", filename="event.ics")
    return mail


def send(inbox: Inbox, mail: EmailMessage) -> None:
    with smtplib.SMTP(inbox.smtp_host, inbox.smtp_port) as smtp:
        smtp.send_message(mail)


def only(inbox: Inbox, to: str) -> dict[str, object]:
    found = httpx.get(f"{inbox.url}/messages.json", params={"to": to}).json()
    assert len(found) == 1
    return found[0]


def test_keeps_a_message_and_finds_it_by_recipient(inbox: Inbox) -> None:
    send(inbox, letter("ada@example.com"))
    send(inbox, letter("bob@example.com"))
    found = only(inbox, "ADA@example.com")
    assert found["subject"] == "Ihre Bestellung — fertig"
    assert found["to"] == ["ada@example.com"]
    assert found["links"] == ["http://127.0.0.1/d/abc?x=1&y=2"]
    assert "Grüße" in str(found["text"])
    page = httpx.get(inbox.url, params={"to": "ada"}).text
    assert "ada@example.com" in page and "bob@example.com" not in page


def test_shows_text_html_source_and_attachments(inbox: Inbox) -> None:
    send(inbox, letter("views@example.com"))
    base = f"{inbox.url}/messages/{only(inbox, 'views@example.com')['id']}"
    shown = httpx.get(base)
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown.text
    assert "script" not in shown.headers["content-security-policy"]
    assert "sandbox" in httpx.get(f"{base}/body").headers["content-security-policy"]
    text = httpx.get(base, params={"view": "text"}).text
    assert '<a href="http://127.0.0.1/d/abc?x=1&amp;y=2"' in text
    assert "&lt;b&gt;now" in text
    assert "Content-Type: multipart/mixed" in httpx.get(base, params={"view": "source"}).text
    assert httpx.get(f"{base}/attachments/0").content.strip() == b"BEGIN"
    assert httpx.get(f"{base}/attachments/7").status_code == 404
    assert httpx.get(f"{inbox.url}/messages/none").status_code == 404


def test_deletes_by_recipient_and_refuses_other_sites(inbox: Inbox) -> None:
    send(inbox, letter("gone@example.com"))
    send(inbox, letter("stays@example.com"))
    data = {"to": "gone@example.com"}
    cross = httpx.post(f"{inbox.url}/delete", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    assert httpx.post(f"{inbox.url}/delete", data=data).status_code == 303
    assert httpx.get(f"{inbox.url}/messages.json", params=data).json() == []
    only(inbox, "stays@example.com")


def test_pages_through_many(inbox: Inbox) -> None:
    for number in range(27):
        send(inbox, letter("many@example.com", f"Letter {number}"))
    first = httpx.get(inbox.url, params={"to": "many"}).text
    assert "Letter 26" in first and "Older" in first and "Letter 1<" not in first
    assert "Letter 0" in httpx.get(inbox.url, params={"to": "many", "page": 2}).text


def test_messages_survive_a_restart(tmp_path: Path) -> None:
    first = start_inbox(tmp_path)
    send(first, letter("kept@example.com"))
    first.stop()
    second = start_inbox(tmp_path)
    only(second, "kept@example.com")
    second.stop()


def test_a_taken_port_and_a_broken_folder_are_refused(inbox: Inbox, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="for the mail server is in use"):
        start_inbox(tmp_path, smtp_port=inbox.smtp_port)
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match="can't be used"):
        start_inbox(tmp_path / "file")
