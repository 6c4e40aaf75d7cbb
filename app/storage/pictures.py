"""Web-sized pictures from what people upload: bounded in pixels, turned upright, without metadata, as WebP.

Decoding is the one place where a small file can take much memory, so it runs in a job, one at a time.
"""

import asyncio
from dataclasses import dataclass

WIDTHS = (1200, 400)
# A column of pixels must not become a page of its own.
TALLEST = 3

_one_at_a_time = asyncio.Lock()


class BadPicture(Exception):
    """The bytes are no picture that can be used; `reason` is "picture" or "pixels"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    """A WebP file of at most `limit` pixels in width, with its real size."""

    limit: int
    width: int
    height: int
    data: bytes


async def make_pictures(data: bytes) -> list[Picture]:
    """Return `data` as WebP in each of WIDTHS, never enlarged. Raises BadPicture."""
    from app.storage.decoding import decode  # Pillow, which web processes do without

    async with _one_at_a_time:
        return await asyncio.to_thread(decode, data)
