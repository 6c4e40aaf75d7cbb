"""The demo's products, their covers and files, brought to the object store as a browser would: by presigned URLs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import httpx

from app.auth.viewer import Viewer
from app.demo.drawing import DUSK, MIST, NIGHT, cover, sheets
from app.products.attaching import begin_upload, finish_upload, take_upload
from app.products.editing import create_product
from app.products.forms import Details
from app.products.kinds import FileKind, rule_for
from app.products.queries import product_files
from app.storage.contract import StoreUnavailable
from app.storage.limits import announce
from app.storage.objects import get_store
from app.storage.queries import Owner
from app.storage.uploading import PART_URL_LIFE

ZONE = "Europe/Berlin"
# Ids that are the same on every installation, so that making the demo again finds what is there.
NAMESPACE = UUID("6d617966-6c79-5f64-a56d-6f5f64617461")

UPLOAD_SECONDS = 60


@dataclass(frozen=True)
class Good:
    """A product to be: its price in cents, and how to make its cover and its file."""

    key: str
    name: str
    description: str
    amount: int
    filename: str
    content_type: str
    cover: Callable[[], bytes]
    file: Callable[[], bytes]

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, self.key)


FIELD_NOTES = Good(
    "field-notes",
    "Field notes from the river",
    "Four sheets from four summers at the water, to print at home. PDF, 110 dpi, for your own walls.",
    4900,
    "field-notes-from-the-river.pdf",
    "application/pdf",
    lambda: cover(DUSK),
    lambda: sheets("Field notes from the river", DUSK, 4),
)
MORNING_MIST = Good(
    "morning-mist",
    "Morning mist, three prints",
    "The hour before anyone is up. Three sheets in greys and blues, as one PDF.",
    2400,
    "morning-mist.pdf",
    "application/pdf",
    lambda: cover(MIST, 2.0),
    lambda: sheets("Morning mist", MIST, 3),
)
WALLPAPER = Good(
    "wallpaper",
    "One night, a wallpaper",
    "Mayflies under the moon, for your screen.",
    900,
    "one-night.png",
    "image/png",
    lambda: cover(NIGHT, 4.2),
    lambda: cover(NIGHT, 4.2),
)


async def put_up_goods(creator: Viewer, now: datetime) -> None:
    """Make the products with their files, as far as they are missing."""
    for good in (FIELD_NOTES, MORNING_MIST, WALLPAPER):
        details = Details(good.name, good.description, good.amount, "EUR", ZONE, None)
        await create_product(creator, good.id, details, now)
        there = {file.kind for file in await product_files(good.id)}
        if FileKind.COVER not in there:
            await _attach(
                creator, good, FileKind.COVER, "cover.png", "image/png", good.cover(), now
            )
        if FileKind.ORIGINAL not in there:
            await _attach(
                creator, good, FileKind.ORIGINAL, good.filename, good.content_type, good.file(), now
            )


async def _attach(
    creator: Viewer,
    good: Good,
    kind: FileKind,
    name: str,
    content_type: str,
    data: bytes,
    now: datetime,
) -> None:
    """Upload one file and wait for its verification. Raises StoreUnavailable."""
    owner = Owner(good.id, kind, creator.user_id, creator.group_id, creator.organization_id)
    announced = announce(name, len(data), content_type, None, rule_for(kind))
    upload, _done = await begin_upload(owner, announced, now)
    url = get_store().presign_part(upload.object_key, upload.multipart_id, 1, PART_URL_LIFE)
    try:
        async with httpx.AsyncClient(timeout=UPLOAD_SECONDS) as client:
            (await client.put(url, content=data)).raise_for_status()
    except httpx.HTTPError as error:
        raise StoreUnavailable from error
    upload = await finish_upload(upload, now)
    await take_upload(upload.id, now)
