"""Headers of mails that carry words, encoded here (RFC 2047).

Python's own folding of them loses the spaces between encoded words (3.11), and folds long addresses into what no mail
program reads. So each header is encoded once, when it is made, and written as it is.
"""

from email.charset import Charset
from email.header import Header
from email.headerregistry import Address
from email.policy import Policy
from typing import Self

# A line of a header is at most 76 characters when it holds an encoded word, and such a word at most 75.
LINE = 76
_UTF_8 = Charset("utf-8")
_SPECIALS = frozenset('()<>[]:;@\\,."')


class WrittenHeader(str):
    """A header that is written as `written` says, whatever the policy; as text it is what people read."""

    name: str
    written: str

    def __new__(cls, name: str, words: str, written: str) -> Self:
        made = super().__new__(cls, words)
        made.name, made.written = name, written
        return made

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self.written.replace(chr(10), policy.linesep)}{policy.linesep}"


class MailboxHeader(WrittenHeader):
    """`From`, `To` or `Reply-To` with one address."""

    addresses: tuple[Address, ...]


def line_header(name: str, text: str) -> WrittenHeader:
    """Return a header of ASCII that is never folded, such as `List-Unsubscribe`. Raises ValueError."""
    if not text.isascii() or not text.isprintable():
        raise ValueError(f"{name}: {text!r}")
    return WrittenHeader(name, text, text)


def text_header(name: str, text: str) -> WrittenHeader:
    """Return a header of words, such as `Subject`. White space becomes single spaces, so that no line break is left.

    Raises ValueError for what UTF-8 can't carry.
    """
    words = " ".join(text.split())
    return WrittenHeader(name, words, encode_words(words, len(name) + 2))


def mailbox_header(name: str, display: str, address: str) -> MailboxHeader:
    """Return a header with one address, and the name of its owner ("" for none). Raises ValueError.

    `address` is one that servers take: in ASCII.
    """
    words = " ".join(display.split())
    if not address.isascii() or not address.isprintable() or " " in address:
        raise ValueError(f"{name}: {address!r}")
    mailbox = Address(words, addr_spec=address)
    if not words:
        written = mailbox.addr_spec
    else:
        phrase = _phrase(words, len(name) + 2)
        last = len(phrase.rpartition("\n")[2]) + (0 if "\n" in phrase else len(name) + 2)
        fits = last + len(mailbox.addr_spec) + 3 <= LINE
        written = f"{phrase}{' ' if fits else chr(10) + ' '}<{mailbox.addr_spec}>"
    made = MailboxHeader(name, str(mailbox), written)
    made.addresses = (mailbox,)
    return made


def _phrase(words: str, before: int) -> str:
    if _is_plain(words) and len(words) + before <= LINE:
        quoted = words.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"' if _SPECIALS & set(words) else words
    return _encoded(words, before)


def encode_words(words: str, before: int) -> str:
    """Return one line of text as it stands in a header after `before` characters: lines end with a bare line feed.

    Plain text stays as it is; anything else is encoded as a whole, spaces included, for spaces between encoded words
    are no text. Words are split between characters, never within one.
    """
    if _is_plain(words):
        return _folded(words, before)
    return _encoded(words, before)


def _is_plain(words: str) -> bool:
    # What looks like an encoded word must be encoded, or it would be read as one.
    longest = max(map(len, words.split(" ")), default=0)
    return words.isascii() and words.isprintable() and "=?" not in words and longest < LINE


def _folded(words: str, before: int) -> str:
    lines, room = [""], LINE - before
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = LINE - 1
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n ".join(lines)


def _encoded(words: str, before: int) -> str:
    words.encode()  # a lone surrogate has no bytes
    return Header(words, _UTF_8, maxlinelen=LINE, header_name="x" * (before - 2)).encode()
