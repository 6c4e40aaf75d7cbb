"""What may be uploaded: how large, and of which types. The owner of the files picks the rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.storage.filenames import clean_content_type, clean_filename

MEBIBYTE = 1024 * 1024
PART_BYTES = 8 * MEBIBYTE
# S3's own bounds: 10,000 parts, 5 TiB an object.
MAXIMUM_PARTS = 10_000
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class Rule:
    """`maximum_bytes` of one file; `types` are the accepted media types, empty for all."""

    maximum_bytes: int
    types: Sequence[str] = ()

    @property
    def accept(self) -> str:
        """The types as a file input's `accept` wants them."""
        return ",".join(self.types)


@dataclass(frozen=True)
class Announced:
    """A file as the browser announces it, made safe: `size` in bytes, `sha256` in hex or None."""

    name: str
    size: int
    content_type: str
    sha256: str | None = None


def announce(name: str, size: int, content_type: str, sha256: str | None, rule: Rule) -> Announced:
    """Return the announced file, its name and type made safe. Raises Invalid (422) when `rule` refuses it."""
    kind = clean_content_type(content_type)
    if kind is None:
        raise Invalid(_("The type of this file can't be read."))
    if rule.types and kind not in rule.types:
        raise Invalid(_("Files of this type can't be used here."))
    if size < 1:
        raise Invalid(_("This file is empty."))
    if size > rule.maximum_bytes:
        raise Invalid(
            _(
                "This file is too large: at most %(megabytes)s MB, please.",
                megabytes=rule.maximum_bytes // 1_000_000,
            )
        )
    return Announced(clean_filename(name), size, kind, sha256 or None)


def part_size_for(size: int) -> int:
    """Return the bytes of each part but the last: 8 MiB, or more where that would be too many parts."""
    smallest = -(-size // MAXIMUM_PARTS)
    return max(PART_BYTES, -(-smallest // MEBIBYTE) * MEBIBYTE)


def part_sizes(size: int, part_size: int) -> list[int]:
    """Return the size of each part of a file of `size` bytes, in order."""
    full, rest = divmod(size, part_size)
    return [part_size] * full + ([rest] if rest else [])
