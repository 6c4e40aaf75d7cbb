"""What people type, cleaned the same way for every form: what misleads goes, what a script needs stays.

Invisible characters come along when text is copied. Some are part of writing: joiners stand between letters of Persian,
Hindi and others, and between the pictures of an emoji. Others turn the direction of what follows (U+202E and its kin,
"Trojan source") or hide; those are dropped.
"""

import re
import unicodedata

# Controls except tab and line breaks; embeddings, overrides and isolates; invisible operators; byte order marks; letters
# that show nothing (Hangul fillers); annotations, noncharacters and the language tag.
_MISLEADING = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u17b4\u17b5\u180e\u202a-\u202e\u2061-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0001]"
)
# Joiners, soft hyphens, and the zero-width spaces between the words of Khmer and Thai: each stands between two characters.
_BETWEEN = "\u200b\u200c\u200d\u2060\xad"
_STRAY = re.compile(f"(?<![^\\s{_BETWEEN}])[{_BETWEEN}]+|[{_BETWEEN}]+(?![^\\s{_BETWEEN}])")
# The marks of a direction place punctuation in Arabic and Hebrew. Elsewhere they only come along.
_MARKS = re.compile("[\u200e\u200f\u061c]")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_VISIBLE = frozenset("LNPS")
_BLANK_SYMBOLS = frozenset("\u115f\u1160\u2800")
_REFUSED_ANYWAY = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Return `text` without what is invisible and misleads. What has nothing in it to be seen becomes "".

    NUL and surrogates stay, for a form refuses them with words.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = _MISLEADING.sub("", text)
    if not any(c.isalpha() and unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in kept):
        kept = _MARKS.sub("", kept)
    kept = _STRAY.sub("", kept)
    return kept if _REFUSED_ANYWAY.search(kept) or _is_visible(kept) else ""


def _is_visible(text: str) -> bool:
    return any(
        unicodedata.category(character)[0] in _VISIBLE and character not in _BLANK_SYMBOLS
        for character in text
    )


def strip_invisible(text: str) -> str:
    """Return `text` without anything invisible, joiners too: for what is read by machines, as numbers and addresses are."""
    return "".join(
        character
        for character in text
        if unicodedata.category(character) != "Cf" and not _MISLEADING.match(character)
    )


def one_line(text: str) -> str:
    """Return `text` with each run of white space as one space."""
    return " ".join(text.split())
