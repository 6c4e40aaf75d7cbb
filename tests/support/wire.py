"""Clients for what the tests reach over real connections: the store, the sandbox, the inbox, other processes."""

import ssl
from typing import Any

import httpx

from tests.support.patience import PATIENCE_SECONDS

# Nothing here speaks TLS, and a context that reads all the world's certificates takes longer than a request.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def wire(**options: Any) -> httpx.AsyncClient:
    """Return a client that goes over the wire. `options` are those of httpx's `AsyncClient`."""
    patient: dict[str, Any] = {"verify": _NO_TLS, "timeout": PATIENCE_SECONDS, "trust_env": False}
    return httpx.AsyncClient(**{**patient, **options})
