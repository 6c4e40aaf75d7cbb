"""Static files under addresses that carry their content's hash, so that browsers keep them for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC_FOLDER = Path(__file__).parent.parent.parent / "static"
HASH_LENGTH = 10


@lru_cache
def asset_hash(path: str) -> str:
    """Return the first characters of the SHA-256 of `static/<path>`. Raises FileNotFoundError."""
    return hashlib.sha256((STATIC_FOLDER / path).read_bytes()).hexdigest()[:HASH_LENGTH]


def asset_url(path: str) -> str:
    """Return the address of `static/<path>`, with its hash: `/static/<hash>/css/page.css`."""
    return f"/static/{asset_hash(path)}/{path}"
