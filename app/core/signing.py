"""Signed links and tokens: an HMAC over everything they carry, with key rotation.

Built on itsdangerous: the first of `secret_keys` signs, all of them verify.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from itsdangerous import BadData, HMACAlgorithm, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.url_safe import URLSafeSerializerMixin

from app.core.errors import BadSignature, ExpiredLink
from app.core.settings import get_settings

TIMESTAMP = "ts"
EXPIRY = "exp"
SIGNATURE = "sig"
MAXIMUM_TOKEN_LENGTH = 4096
# 21 bytes of id and time, 10 of the signature, in base64.
SHORT_BODY, SHORT_SIGNATURE = 28, 14
_SHORT = re.compile(rf"[0-9A-Za-z_-]{{{SHORT_BODY + SHORT_SIGNATURE}}}")
# A signature of twenty bytes in base64; its last character is always a letter or a digit.
_SIGNATURE = re.compile(r"([0-9A-Za-z_-]{26}[0-9A-Za-z])[^0-9A-Za-z]*", re.DOTALL)
# The ways in which HTML and XML spell the ampersand; some programs escape a link twice.
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#0*38;|#[xX]0*26;)+")


def _keys() -> list[str]:
    # itsdangerous signs with the last key of its list; ours signs with the first.
    return list(reversed(get_settings().secret_keys))


class _Tokens(URLSafeSerializer):
    """Write tokens uncompressed. A compressed one begins with a dot, which mail programs leave out of a link."""

    def dump_payload(self, *args: Any, **kwargs: Any) -> bytes:
        return base64_encode(super(URLSafeSerializerMixin, self).dump_payload(*args, **kwargs))


def sign_token(
    purpose: str, payload: Mapping[str, Any], now: datetime, ttl: timedelta | None = None
) -> str:
    """Return a URL-safe token that carries `payload` (JSON), bound to `purpose`, valid for `ttl` or for ever."""
    body: dict[str, Any] = {"p": dict(payload), TIMESTAMP: int(now.timestamp())}
    if ttl is not None:
        body[EXPIRY] = int((now + ttl).timestamp())
    return str(_Tokens(_keys(), salt=f"token:{purpose}").dumps(body))


def _canonical_signature(signature: str) -> bool:
    """Whether `signature` is spelled the one way we spell it: base64's last character has bits that decode to nothing."""
    try:
        return base64_encode(base64_decode(signature)).decode() == signature
    except BadData:
        return False


def read_token(purpose: str, token: str, now: datetime) -> dict[str, Any]:
    """Return the payload of `token`. Raises BadSignature when it was changed, ExpiredLink when it is too old."""
    if len(token) > MAXIMUM_TOKEN_LENGTH or not _canonical_signature(token.rpartition(".")[2]):
        raise BadSignature
    try:
        body = cast(
            dict[str, Any], URLSafeSerializer(_keys(), salt=f"token:{purpose}").loads(token)
        )
    except (BadData, UnicodeError, ValueError) as error:
        raise BadSignature from error
    if EXPIRY in body and now.timestamp() >= body[EXPIRY]:
        raise ExpiredLink
    return cast(dict[str, Any], body["p"])


def sign_id(purpose: str, id: UUID, now: datetime) -> str:
    """Return a token for `id` as short as it can be, for text messages: 42 letters, bound to `purpose`, for ever valid."""
    said = id.bytes + int(now.timestamp()).to_bytes(5, "big")
    return (base64_encode(said) + _short_signer(purpose).get_signature(said)).decode()


def read_id(purpose: str, token: str) -> UUID:
    """Return the id in a token of `sign_id`. Raises BadSignature when it was changed."""
    if not _SHORT.fullmatch(token):
        raise BadSignature
    body, signature = token[:SHORT_BODY], token[SHORT_BODY:]
    said = base64_decode(body)
    canonical = base64_encode(said).decode() == body and _canonical_signature(signature)
    if not canonical or not _short_signer(purpose).verify_signature(said, signature):
        raise BadSignature
    return UUID(bytes=said[:16])


def _short_signer(purpose: str) -> Signer:
    # Eighty bits are guessed by nobody who has to ask us about each guess.
    algorithm = HMACAlgorithm(partial(hashlib.blake2b, digest_size=10))
    return Signer(_keys(), salt=f"id:{purpose}", algorithm=algorithm)


def _canonical(path: str, parameters: Mapping[str, str]) -> bytes:
    return f"{path}?{urlencode(sorted(parameters.items()))}".encode("utf-8", "surrogatepass")


def sign_url(
    path: str, parameters: Mapping[str, str], now: datetime, ttl: timedelta | None = None
) -> str:
    """Return `path` with `parameters`, a timestamp, an expiry when `ttl` is given, and a signature over all of them."""
    signed = {**parameters, TIMESTAMP: str(int(now.timestamp()))}
    if ttl is not None:
        signed[EXPIRY] = str(int((now + ttl).timestamp()))
    signature = Signer(_keys(), salt="url").get_signature(_canonical(path, signed)).decode()
    return f"{path}?{urlencode({**signed, SIGNATURE: signature})}"


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query as they were sent; `&amp;` counts as `&`, for some programs escape links."""
    return parse_qsl(_ESCAPED_AMPERSAND.sub("&", query), keep_blank_values=True)


def is_signed(query: str) -> bool:
    """Whether a query has a signature, good or not."""
    return SIGNATURE in query and any(name == SIGNATURE for name, _value in query_pairs(query))


def verify_url(path: str, query: str, names: Collection[str], now: datetime) -> dict[str, str]:
    """Return the parameters of a signed URL without the signing ones.

    `names` are the parameters that links of this kind may carry. Others are ignored: mail gateways, social networks and
    advertisements add their own. Raises BadSignature when one of ours was added, removed, repeated or changed,
    ExpiredLink when it is too old.
    """
    ours = {*names, TIMESTAMP, EXPIRY, SIGNATURE}
    pairs = [(name, value) for name, value in query_pairs(query) if name in ours]
    parameters = dict(pairs)
    # A repeated parameter is refused: either of its values may be the one that was signed.
    found = _SIGNATURE.fullmatch(parameters.pop(SIGNATURE, ""))
    if len(pairs) != len(dict(pairs)) or found is None or not _verify(path, parameters, found[1]):
        raise BadSignature
    if EXPIRY in parameters and now.timestamp() >= int(parameters[EXPIRY]):
        raise ExpiredLink
    return {key: value for key, value in parameters.items() if key not in (TIMESTAMP, EXPIRY)}


def _verify(path: str, parameters: Mapping[str, str], signature: str) -> bool:
    signer = Signer(_keys(), salt="url")
    canonical = _canonical_signature(signature)
    return canonical and signer.verify_signature(_canonical(path, parameters), signature)
