"""Static files: kept in memory, compressed once, under addresses that carry their content's hash."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.core.settings import get_settings

STATIC_FOLDER = Path(__file__).parent.parent.parent / "static"
HASH_LENGTH = 10
FOREVER = "public, max-age=31536000, immutable"
SMALLEST_COMPRESSED = 256
LONGEST_ACCEPTED = 200
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True)
class Encoded:
    """The same bytes as they are, by gzip and by brotli; an empty encoding did not pay."""

    plain: bytes
    gzip: bytes
    brotli: bytes

    def best(self, accepted: str) -> tuple[bytes, str]:
        """Return the body that an `Accept-Encoding` of `accepted` likes best, and its encoding ("" is plain)."""
        for encoding in preferred_encodings(accepted):
            if body := {"br": self.brotli, "gzip": self.gzip, "": self.plain}[encoding]:
                return body, encoding
        return self.plain, ""


@lru_cache(maxsize=512)
def preferred_encodings(accepted: str) -> tuple[str, ...]:
    """Return which of "br", "gzip" and "" (plain) an `Accept-Encoding` allows, the best liked first (RFC 9110, 12.5.3).

    Of what is liked equally the smallest comes first. What is refused with `q=0` is left out.
    """
    weights: dict[str, float] = {}
    for part in accepted[:LONGEST_ACCEPTED].lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[name.removeprefix("x-")] = _weight(parameters)
    others = weights.get("*")
    found = {name: weights.get(name, others or 0.0) for name in ("br", "gzip")}
    # Plain is always allowed unless it is refused, and is the last choice unless it is weighed.
    found[""] = weights.get("identity", 1e-6 if others is None else others)
    ranked = sorted(found, key=lambda name: -found[name])
    return tuple(name for name in ranked if found[name] > 0)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def encode(body: bytes, *, quality: int = 11) -> Encoded:
    """Compress `body` once for all its readers; `quality` is brotli's, 0 to 11."""
    if len(body) < SMALLEST_COMPRESSED:
        return Encoded(body, b"", b"")
    return Encoded(body, gzip.compress(body, 9, mtime=0), brotli.compress(body, quality=quality))


@dataclass(frozen=True)
class Asset:
    digest: str
    media_type: str
    body: Encoded


@lru_cache(maxsize=512)
def _read(path: str, modified_ns: int) -> Asset:
    body = (STATIC_FOLDER / path).read_bytes()
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    compress = media_type.startswith(COMPRESSIBLE)
    return Asset(
        digest=hashlib.sha256(body).hexdigest()[:HASH_LENGTH],
        media_type=media_type,
        body=encode(body) if compress else Encoded(body, b"", b""),
    )


def load_asset(path: str) -> Asset:
    """Return `static/<path>`, read again when it changed on disk. Raises FileNotFoundError, also for outside paths."""
    file = (STATIC_FOLDER / path).resolve()
    if not file.is_relative_to(STATIC_FOLDER) or not file.is_file():
        raise FileNotFoundError(path)
    return _read(str(file.relative_to(STATIC_FOLDER)), file.stat().st_mtime_ns)


def asset_url(path: str) -> str:
    """Return the address of `static/<path>`, with its hash: `/static/<hash>/css/page.css`."""
    return _present_url(path) if get_settings().environment == "development" else _url(path)


def _present_url(path: str) -> str:
    return f"/static/{load_asset(path).digest}/{path}"


# Where nobody edits them, files are what they were when the process began.
_url = lru_cache(maxsize=512)(_present_url)


def _respond(request: Request[Any, Any, Any], digest: str, path: str) -> Response[bytes]:
    try:
        asset = load_asset(path)
    except (ValueError, OSError) as error:
        raise NotFoundException from error
    body, encoding = asset.body.best(request.headers.get("accept-encoding", ""))
    headers = {
        "Cache-Control": FOREVER if digest == asset.digest else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, media_type=asset.media_type, headers=headers)


@get("/static/{digest:str}/{path:path}", sync_to_thread=False)
def serve_asset(
    request: Request[Any, Any, Any], digest: FromPath[str], path: FromPath[str]
) -> Response[bytes]:
    """Serve a static file; an address with an older hash gets today's file, but is not kept."""
    return _respond(request, digest, path.lstrip("/"))


@get("/favicon.ico", sync_to_thread=False)
def favicon(request: Request[Any, Any, Any]) -> Response[bytes]:
    return _respond(request, "", "favicon.svg")
