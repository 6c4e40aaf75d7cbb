"""Memory goes back to the system when a crowd has left; without a word, the allocators would keep it for the next one."""

import asyncio
import ctypes
import gc
from collections.abc import Callable
from functools import lru_cache

# Fewer connections than this leave nothing behind that is worth the pause.
CROWD = 500
SETTLED_SECONDS = 1.0


@lru_cache
def _trim() -> Callable[[int], int] | None:
    """Return the C library's function for it; only glibc has one."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None


def give_back() -> None:
    """Return free memory to the system. Takes some tens of milliseconds."""
    gc.collect()
    if trim := _trim():
        trim(0)


class Tide:
    """Counts open connections, and gives memory back each time that half of a crowd has left."""

    def __init__(self) -> None:
        self.count = self.peak = 0

    def rise(self) -> None:
        self.count += 1
        self.peak = max(self.peak, self.count)

    def fall(self) -> None:
        self.count -= 1
        if self.peak >= CROWD and self.count <= self.peak // 2:
            self.peak = self.count
            asyncio.get_running_loop().call_later(SETTLED_SECONDS, give_back)
