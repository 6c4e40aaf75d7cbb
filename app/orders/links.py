"""The buyer's signed links: one to the order that lasts, and one to each file that lives for minutes.

Both are HMACs over everything they carry. A download link is bound to the network it was made for; a lasting order
link mints fresh ones wherever its owner opens it.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.core.errors import BadSignature
from app.core.ids import parse_id
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token

ORDER = "order"
DOWNLOAD = "download"
# A network is what one household or office shares, so that a phone may change its address in the middle.
IPV4_PREFIX = 24
IPV6_PREFIX = 48


@dataclass(frozen=True)
class DownloadClaim:
    """What a download link says: which file of which order, for which network ("" for any), until when."""

    order_id: UUID
    file_id: UUID
    network: str
    until: datetime

    def expired(self, now: datetime) -> bool:
        return now >= self.until

    def fits(self, address: str) -> bool:
        """Whether the visitor at `address` is on the network that the link was made for."""
        return not self.network or self.network == network_of(address)


def network_of(address: str) -> str:
    """Return the network of an IP address as the setting says: /24 or /48, the whole address, or "" for any."""
    binding = get_settings().download_binding
    if binding == "off":
        return ""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if binding == "strict":
        return str(parsed)
    prefix = IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((parsed, prefix), strict=False))


def order_token(order_id: UUID, now: datetime) -> str:
    ttl = timedelta(days=get_settings().order_link_days)
    return sign_token(ORDER, {"order": str(order_id)}, now, ttl)


def order_path(order_id: UUID, now: datetime) -> str:
    """Return the lasting link to an order as a path: `/orders/<token>`."""
    return f"/orders/{order_token(order_id, now)}"


def order_url(order_id: UUID, now: datetime) -> str:
    """Return the lasting link to an order as an absolute address, for mails."""
    return get_settings().base_url.rstrip("/") + order_path(order_id, now)


def read_order_token(token: str, now: datetime) -> UUID:
    """Return the order's id. Raises BadSignature (403) when it was changed, ExpiredLink (410) when it is too old."""
    return _id(read_token(ORDER, token, now), "order")


def download_path(order_id: UUID, file_id: UUID, address: str, now: datetime) -> str:
    """Return a download link, `/d/<token>`, for the visitor at `address`, valid for `download_link_minutes`."""
    until = now + timedelta(minutes=get_settings().download_link_minutes)
    # The expiry is part of the payload, not of the token: an expired link must still say whose it was, so that its
    # buyer can be helped to a new one.
    payload = {
        "order": str(order_id),
        "file": str(file_id),
        "network": network_of(address),
        "until": int(until.timestamp()),
    }
    return f"/d/{sign_token(DOWNLOAD, payload, now)}"


def read_download_token(token: str, now: datetime) -> DownloadClaim:
    """Return what a download link claims; it may have expired. Raises BadSignature when it was changed."""
    payload = read_token(DOWNLOAD, token, now)
    until = payload.get("until")
    if not isinstance(until, int):
        raise BadSignature
    return DownloadClaim(
        order_id=_id(payload, "order"),
        file_id=_id(payload, "file"),
        network=str(payload.get("network", "")),
        until=datetime.fromtimestamp(until, UTC),
    )


def _id(payload: dict[str, object], name: str) -> UUID:
    found = parse_id(payload.get(name, ""))
    if found is None:
        raise BadSignature
    return found
