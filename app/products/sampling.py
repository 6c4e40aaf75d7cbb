"""Preview files for visitors: shown on pages, and downloaded as attachments from a signed address."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.core.db import fetch_one
from app.core.errors import BadSignature, NotFound
from app.core.ids import parse_id
from app.core.signing import read_token, sign_token
from app.products.presenting import Sample, as_cover
from app.storage.media import SIGNED_AT
from app.storage.objects import get_store

PURPOSE = "sample"
LINK_LIFE = timedelta(minutes=10)
# The preview files of the product whose id the expression `{id}` has, as JSON in another statement; `read_samples` reads it.
AS_JSON = """(SELECT json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size, 'key', f.object_key,
    'width', f.width, 'height', f.height) ORDER BY f.position, f.id)
  FROM file f WHERE f.product_id = {id} AND f.kind = 'preview')"""


def sample_url(file_id: UUID) -> str:
    """Return the lasting public address of a preview file."""
    return f"/media/samples/{sign_token(PURPOSE, {'f': str(file_id)}, SIGNED_AT)}"


def read_samples(found: str | list[dict[str, Any]] | None) -> tuple[Sample, ...]:
    """Read the result of AS_JSON."""
    items = json.loads(found) if isinstance(found, str) else found
    return tuple(
        Sample(
            item["name"],
            item["size"],
            sample_url(UUID(item["id"])),
            as_cover(item["key"], item["width"], item["height"]),
        )
        for item in items or ()
    )


async def open_sample(token: str, now: datetime) -> str:
    """Return a presigned address of the sample that `token` names. Raises BadSignature, NotFound when it is gone."""
    file_id = parse_id(read_token(PURPOSE, token, now).get("f"))
    if file_id is None:
        raise BadSignature
    row = await fetch_one(
        "SELECT object_key, name, content_type FROM file WHERE id = $1 AND kind = 'preview'",
        file_id,
    )
    if row is None:
        raise NotFound
    return get_store().presign_get(row["object_key"], row["name"], LINK_LIFE, row["content_type"])
