"""What a product's files are for, and what each kind may be."""

from enum import StrEnum

from app.core.settings import get_settings
from app.storage.limits import MEBIBYTE, PICTURE_TYPES, Rule


class FileKind(StrEnum):
    """original: what buyers get. preview: a sample. cover: the picture of the product."""

    ORIGINAL = "original"
    PREVIEW = "preview"
    COVER = "cover"


MAXIMUM_FILES = {FileKind.ORIGINAL: 50, FileKind.PREVIEW: 10, FileKind.COVER: 1}
PREVIEW_BYTES = 50 * MEBIBYTE
COVER_BYTES = 20 * MEBIBYTE
PREVIEW_TYPES = (
    *PICTURE_TYPES,
    "application/pdf",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "video/mp4",
    "text/plain",
)


def rule_for(kind: FileKind) -> Rule:
    """Return the limits of one file of `kind`. Originals may be anything: they only ever leave as attachments."""
    if kind is FileKind.COVER:
        return Rule(COVER_BYTES, PICTURE_TYPES)
    if kind is FileKind.PREVIEW:
        return Rule(PREVIEW_BYTES, PREVIEW_TYPES)
    return Rule(get_settings().upload_max_bytes)
