"""File names and content types as people's machines send them, made safe to keep and to send back."""

import re
import unicodedata
from urllib.parse import quote

MAXIMUM_NAME_BYTES = 200
FALLBACK_NAME = "file"
DOWNLOAD = "download"
UNKNOWN_TYPE = "application/octet-stream"

_TYPE = re.compile(r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$")
# Control, format (bidirectional overrides, zero width), surrogate and unassigned characters, line separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
# Joins emoji and letters of several scripts; harmless and needed.
_JOINERS = frozenset("\u200c\u200d")
# What a browser would run or render with the rights of the store's address.
_ACTIVE_TYPES = re.compile(r"html|xml|svg|javascript|ecmascript|^multipart/")


def clean_filename(name: str) -> str:
    """Return the last segment of `name` (which may be a path) without what could mislead; never empty.

    Unicode, quotes and spaces survive; at most 200 bytes of UTF-8, with the extension kept.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        character
        for character in last
        if character in _JOINERS or unicodedata.category(character) not in _UNSAFE_CATEGORIES
    )
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    return _shorten(kept) or FALLBACK_NAME


def _shorten(name: str) -> str:
    if len(name.encode()) <= MAXIMUM_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = f".{extension}" if dot and len(extension.encode()) <= 20 else ""
    head = stem if tail else name
    room = MAXIMUM_NAME_BYTES - len(tail.encode())
    return head.encode()[:room].decode(errors="ignore").rstrip() + tail


def clean_content_type(text: str) -> str | None:
    """Return the bare, lower-case media type of `text`, the general one when it is empty, or None when malformed."""
    bare = text.partition(";")[0].strip().lower()
    if not bare:
        return UNKNOWN_TYPE
    return bare if _TYPE.match(bare) else None


def download_type(content_type: str) -> str:
    """Return the type to send with a download: what browsers would run becomes plain bytes."""
    bare = clean_content_type(content_type) or UNKNOWN_TYPE
    return UNKNOWN_TYPE if _ACTIVE_TYPES.search(bare) else bare


def _ascii_name(name: str) -> str:
    """Return a name for programs that read only ASCII: `download.pdf` when nothing of what stands before the ending is
    left, `download` when nothing at all is."""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    ending = _ascii(extension)
    return (_ascii(stem) or DOWNLOAD) + (f".{ending}" if ending else "")


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%;]', "_", plain).strip(" .-")
    return re.sub(r"\s+", " ", plain) if re.search("[A-Za-z0-9]", plain) else ""


def content_disposition(name: str) -> str:
    """Return the header value that makes a browser save under `name` (RFC 6266: plain and extended form)."""
    safe = clean_filename(name)
    plain = _ascii_name(safe)
    # `!#$&+-.^_`|~` and letters may stand as they are in an extended value (RFC 8187).
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='!#$&+-.^_`|~')}"
