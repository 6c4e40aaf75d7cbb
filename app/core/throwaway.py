"""Addresses that nobody keeps: of providers whose mailboxes open without asking and are forgotten after minutes."""

import contextlib
from functools import lru_cache


@lru_cache
def _providers() -> frozenset[str]:
    # Some thousand names, read when a page asks for the first time.
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


def is_throwaway(email: str) -> bool:
    """Whether an address is at such a provider, or at a name below one of theirs."""
    domain = email.rpartition("@")[2].lower().rstrip(".")
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    labels = domain.split(".")
    return any(".".join(labels[start:]) in _providers() for start in range(len(labels) - 1))
