"""Products as templates show them: values ready to print."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.db import Record
from app.products.keys import picture_key
from app.products.kinds import FileKind
from app.storage.media import media_url
from app.storage.pictures import WIDTHS
from app.storage.sizes import size_text


@dataclass(frozen=True)
class Cover:
    """A cover picture: addresses of its two sizes (WebP), and the larger one's width and height in pixels."""

    large: str
    small: str
    width: int
    height: int


@dataclass(frozen=True)
class Sample:
    """A preview file for visitors: its name, its size in bytes, its public address, and a picture of it if it is one."""

    name: str
    size: int
    url: str
    picture: Cover | None = None

    @property
    def size_text(self) -> str:
        return size_text(self.size)


@dataclass(frozen=True)
class ProductCard:
    """A product in a list. `amount` in minor units; `state` is active, inactive or expired."""

    id: UUID
    name: str
    description: str
    amount: int
    currency: str
    state: str
    zone: str
    expires_at: datetime | None
    created_at: datetime
    files: int
    cover: Cover | None
    instead: str = ""
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class ProductPage:
    """One page of a list: its cards, its number from 1, how many pages, and how many products by state."""

    cards: list[ProductCard]
    page: int
    pages: int
    counts: dict[str, int]
    total: int


@dataclass(frozen=True)
class FileRef:
    """A verified file. `size` in bytes."""

    id: UUID
    name: str
    size: int
    object_key: str
    content_type: str
    kind: str = FileKind.ORIGINAL
    width: int | None = None
    height: int | None = None

    @property
    def size_text(self) -> str:
        return size_text(self.size)

    @property
    def cover(self) -> Cover | None:
        return as_cover(self.object_key, self.width, self.height)


@dataclass(frozen=True)
class ProductDetail:
    """A product as its own page shows it, with all its files."""

    id: UUID
    user_id: UUID
    group_id: UUID
    name: str
    description: str
    amount: int
    currency: str
    state: str
    zone: str
    expires_at: datetime | None
    files: tuple[FileRef, ...]
    instead: str = ""

    def of_kind(self, kind: FileKind) -> list[FileRef]:
        return [file for file in self.files if file.kind == kind]


def as_cover(key: str | None, width: int | None, height: int | None) -> Cover | None:
    if key is None or width is None or height is None:
        return None
    large, small = (media_url(picture_key(key, limit)) for limit in WIDTHS)
    return Cover(large, small, width, height)


def as_card(row: Record, samples: tuple[Sample, ...] = ()) -> ProductCard:
    return ProductCard(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        amount=row["amount"],
        currency=row["currency"],
        state=row["state"],
        zone=row["zone"],
        expires_at=row["expires_at"],
        created_at=row["created_at"],
        files=row["files"],
        cover=as_cover(row["cover_key"], row["width"], row["height"]),
        instead=row["instead"],
        samples=samples,
    )
