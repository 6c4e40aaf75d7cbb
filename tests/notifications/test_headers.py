"""Headers that carry words come back as they were, in every script and length, and each line is what RFC 2047 allows."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.notifications.headers import mailbox_header, text_header

SCRIPTS = {
    "German": "Größenänderungsmitteilung für Übergrößenträger: Straßenfest am Fluß",
    "Greek": "Η επιβεβαίωση της παραγγελίας σας για το φεστιβάλ της Θεσσαλονίκης",  # noqa: RUF001
    "Cyrillic": "Подтверждение вашего заказа на достопримечательности и путеводители",
    "Arabic": "تأكيد طلبك لحضور المهرجان الموسيقي في مدينة الدار البيضاء غدًا",
    "Hebrew": "אישור ההזמנה שלך לפסטיבל המוזיקה הגדול בתל אביב מחר בערב",
    "Hindi": "आपके ऑर्डर की पुष्टि: संगीत समारोह में आपका हार्दिक स्वागत है",
    "Thai": "ยืนยันคำสั่งซื้อของคุณสำหรับเทศกาลดนตรีที่กรุงเทพมหานคร พรุ่งนี้",
    "Japanese": "ご注文の確認:東京音楽祭のチケットをお買い上げいただきありがとうございます 明日",
    "Korean": "주문 확인: 서울 음악 축제 입장권을 구매해 주셔서 감사합니다 내일 만나요",
    "Chinese": "订单确认:感谢您购买上海音乐节门票,我们明天在外滩不见不散 期待您的光临",
    "emoji": "👨‍👩‍👧‍👦 🎉🎉🎉 Party 🏴󠁧󠁢󠁥󠁮󠁧󠁿 für alle 🧑🏽‍🚀 und ❤️‍🔥 mehr",
    "mixed": "Order 7 for Ünïcødé: 日本語 and عربى, then plain words that go on and on until they end",
    "plain": "An order of plain words that is long enough to be folded, once and then once more, at a space",
    "looks encoded": "=?utf-8?q?not_really?= and =?",
    "empty": "",
}
LONG_WORDS = {
    "long": "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenträgerverein" * 3,
    "long plain": "x" * 300,
    "long Thai": "กรุงเทพมหานครอมรรัตนโกสินทร์มหินทรายุธยา" * 4,
    "long with spaces": "ü" * 90 + " " + "ö" * 90 + " end",
}


def _read(message: EmailMessage) -> EmailMessage:
    """Return the message as a mail program reads it, after every line of its head was looked at."""
    raw = message.as_bytes(policy=policy.SMTP)
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    for line in head.split(b"\r\n"):
        assert len(line) <= 998
        if b"=?utf-8?" in line:
            assert len(line) <= 76
        for word in re.findall(rb"=\?utf-8\?[bq]\?[^?]*\?=", line):
            assert len(word) <= 75
            # Each is whole characters: RFC 2047 forbids one that begins in one word and ends in the next.
            str(make_header(decode_header(word.decode())))
    return message_from_bytes(raw, policy=policy.default)


@pytest.mark.parametrize("words", [*SCRIPTS.values(), *LONG_WORDS.values()])
def test_a_subject_comes_back_as_it_was(words: str) -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = text_header("Subject", words)
    read = _read(message)
    assert read["Subject"] == words
    assert message["Subject"] == words


@pytest.mark.parametrize("header", ["From", "Reply-To"])
@pytest.mark.parametrize("words", [*SCRIPTS.values(), *LONG_WORDS.values(), 'O"Hara, Ann (\\)'])
def test_the_name_of_who_sends_comes_back_as_it_was(words: str, header: str) -> None:
    message = EmailMessage(policy=policy.SMTP)
    message[header] = mailbox_header(header, words, "shop@xn--bcher-kva.example")
    _read(message)
    # Not by the newer parser: Python 3.11's puts spaces between encoded words of a name, which RFC 2047 (6.2) takes away.
    raw = message_from_bytes(message.as_bytes(), policy=policy.compat32)[header]
    name, address = parseaddr(raw.replace("\r\n", "").replace("\n", ""))
    assert str(make_header(decode_header(name))) == words
    assert address == "shop@xn--bcher-kva.example"


def test_a_long_address_stays_whole() -> None:
    long = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.example"
    message = EmailMessage(policy=policy.SMTP)
    message["To"] = mailbox_header("To", "", long)
    [address] = _read(message)["To"].addresses
    assert address.addr_spec == long


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_subject_comes_back_as_one_line(text: str) -> None:
    words = " ".join(text.split())
    try:
        header = text_header("Subject", text)
    except ValueError:
        assert any("\ud800" <= character <= "\udfff" for character in text)
        return
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = header
    raw = message.as_bytes().partition(b"\n\n")[0]
    assert raw.count(b"Subject:") == 1
    decoded = str(make_header(decode_header(raw.decode().partition(":")[2].strip())))
    assert decoded.replace("\n ", " ").replace("\r", "") == words


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "jürgen@example.com", "a b"]
)
def test_an_address_that_servers_do_not_take_is_none(address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        mailbox_header("To", "", address)
