"""Lead addresses with punctuation glued to their end to the address that was meant.

Mail clients and chat apps take the full stop, the bracket or the quotation mark behind a link for a part of it. No address
of ours ends with one: ids and tokens begin and end with a letter or a digit.
"""

import re
import unicodedata
from urllib.parse import quote

from litestar.types import ASGIApp, Receive, Scope, Send

# An angle bracket or a quotation mark as HTML spells it.
_ESCAPED = re.compile(
    r"&(?:gt|lt|quot|apos|nbsp|#0*3[49]|#[xX]0*2[27]|#0*6[02]|#[xX]0*3[cCeE]);?\Z"
)
# Punctuation, symbols and separators, and the invisible marks of text that is written from right to left.
_GLUED = ("P", "S", "Z", "Cf")
MOST_GLUED = 20


def clean_path(path: str) -> str:
    """Return a decoded path without what was glued to its end; the same path when nothing was."""
    kept = path
    while kept and (found := _ESCAPED.search(kept) or _is_glued(kept[-1])):
        kept = kept[:-1] if found is True else kept[: found.start()]
    given = kept.rpartition("/")[2]
    return kept if given and len(path) - len(kept) <= MOST_GLUED else path


def _is_glued(letter: str) -> bool:
    return letter != "/" and unicodedata.category(letter).startswith(_GLUED)


class GluedMiddleware:
    """Redirects a GET whose path ends with punctuation to the path without it; the query stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and not scope["path"][-1:].isalnum()
        ):
            # Two slashes at the beginning would name another host.
            path = clean_path(scope["path"])
            if path != scope["path"] and not path.startswith("//"):
                await _redirect(path, scope["query_string"], send)
                return
        await self.app(scope, receive, send)


async def _redirect(path: str, query: bytes, send: Send) -> None:
    location = quote(path, errors="surrogatepass").encode() + (b"?" + query if query else b"")
    # Not kept anywhere: the address may carry a token.
    headers = [(b"location", location), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
