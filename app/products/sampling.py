"""Preview files for visitors: anyone with a sample's signed address may download it, as an attachment."""

from datetime import datetime, timedelta
from uuid import UUID

from app.core.db import fetch_one
from app.core.errors import BadSignature, NotFound
from app.core.ids import parse_id
from app.core.signing import read_token, sign_token
from app.storage.media import SIGNED_AT
from app.storage.objects import get_store

PURPOSE = "sample"
LINK_LIFE = timedelta(minutes=10)


def sample_url(file_id: UUID) -> str:
    """Return the lasting public address of a preview file."""
    return f"/media/samples/{sign_token(PURPOSE, {'f': str(file_id)}, SIGNED_AT)}"


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
