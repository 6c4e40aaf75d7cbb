"""Who visits, for a day: a digest keyed with a random salt that is the same for all processes and is then thrown away.

With the salt gone nobody can tell, not even with all our keys, whether an address was here; and from one day to the next,
or from one organization to another, a visitor is another one.
"""

import asyncio
import hashlib
import ipaddress
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from socket import AF_INET, inet_pton
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core import db
from app.core.ratelimit import address_behind
from app.pages.sources import MOST_NAMES, OTHERS, Kind, Source, is_person, source_of
from app.pages.visiting import Look, LookKey, Visit, Visits

SALT_BYTES = 32
# So many at once, so that visitors don't wait for the counting of others.
PORTION = 250
# The browsers of a network that are told apart in a day, and the networks that this is watched of.
MOST_BROWSERS, MOST_NETWORKS = 500, 20_000

# Of this process; few, for those of days that are over are forgotten.
known_salts: dict[date, bytes] = {}


async def salts_of(days: Collection[date], now: datetime) -> Mapping[date, bytes]:
    """Return the salts of `days`; the first process that asks for a day's makes it."""
    missing = sorted(set(days) - known_salts.keys())
    if missing:
        await db.execute(
            """INSERT INTO visitor_salt (day, salt, created_at)
               SELECT day, salt, $3 FROM unnest($1::date[], $2::bytea[]) AS s (day, salt) ON CONFLICT DO NOTHING""",
            *(missing, [secrets.token_bytes(SALT_BYTES) for _day in missing], now),
        )
        rows = await db.fetch(
            "SELECT day, salt FROM visitor_salt WHERE day = ANY($1::date[])", missing
        )
        _forget_before(min(days) - timedelta(days=2))
        known_salts.update({row["day"]: row["salt"] for row in rows})
    return {day: known_salts[day] for day in days}


def _forget_before(day: date) -> None:
    for old in [known for known in known_salts if known < day]:
        del known_salts[old]


async def forget_salts(now: datetime) -> None:
    """Throw away the salts of days that are over everywhere; the earliest zone is half a day ahead of the last."""
    over = now.date() - timedelta(days=1)
    await db.execute("DELETE FROM visitor_salt WHERE day < $1", over)
    _forget_before(over)


def visitor_of(salt: bytes, organization_id: UUID, network: bytes, agent: bytes) -> UUID:
    """Return who visits: a network and a browser's name, for one organization and the day of `salt`."""
    said = b"\x1f".join((organization_id.bytes, network, agent))
    return UUID(bytes=hashlib.blake2b(said, key=salt, digest_size=16).digest())


def network_of(address: str) -> bytes:
    """An IPv4 address, or the network of an IPv6 one: browsers change the rest of it by themselves."""
    if ":" not in address:
        return inet_pton(AF_INET, address)
    found = ipaddress.IPv6Address(address)
    return found.ipv4_mapped.packed if found.ipv4_mapped else found.packed[:8]


@dataclass
class Names:
    """The names from outside that were heard of on a page on a day."""

    heard: dict[tuple[UUID, date], set[Source]] = field(
        default_factory=dict[tuple[UUID, date], set[Source]]
    )

    def known(self, page_id: UUID, day: date, source: Source) -> Source:
        """Return `source`, or what stands for all others when there are too many; links are signed, and always told."""
        if source.kind in (Kind.LINK, Kind.DIRECT):
            return source
        if (page_id, day) not in self.heard:
            self.heard = {key: found for key, found in self.heard.items() if key[1] >= day}
        names = self.heard.setdefault((page_id, day), set())
        if source not in names and len(names) >= MOST_NAMES:
            return Source(source.kind, OTHERS)
        names.add(source)
        return source


names = Names()


@dataclass
class Crowds:
    """How many browsers are told apart in one network on a day: more are not many people but one program."""

    seen: dict[tuple[bytes, date], set[int]] = field(
        default_factory=dict[tuple[bytes, date], set[int]]
    )

    def told_apart(self, network: bytes, day: date, agent: bytes) -> bytes:
        """Return `agent`, or b"" when there were too many others."""
        if (network, day) not in self.seen and len(self.seen) >= MOST_NETWORKS:
            self.seen.clear()
        agents = self.seen.setdefault((network, day), set())
        if len(agents) >= MOST_BROWSERS and hash(agent) not in agents:
            return b""
        agents.add(hash(agent))
        return agent


crowds = Crowds()


async def recognize(looks: Mapping[LookKey, Look]) -> list[Visit]:
    """Turn what browsers said into visits, leaving out what no person looked at."""
    people = [(key, look) for key, look in looks.items() if is_person(key[6].decode("latin-1"))]
    days = [look.at.astimezone(ZoneInfo(look.zone)).date() for _key, look in people]
    latest = max((look.at for _key, look in people), default=None)
    salts = await salts_of(set(days), latest) if latest else {}
    found: dict[tuple[UUID, UUID, Source], Visit] = {}
    for number, ((key, look), day) in enumerate(zip(people, days, strict=True), start=1):
        visit = _visit(key, look, day, salts[day])
        same = (visit.page_id, visit.visitor, visit.source)
        known = found.get(same)
        found[same] = replace(known, views=known.views + visit.views) if known else visit
        if number % PORTION == 0:
            await asyncio.sleep(0)
    return list(found.values())


def _visit(key: LookKey, look: Look, day: date, salt: bytes) -> Visit:
    _short_id, link, campaign, framed, peer, forwarded, agent, referer = key
    source = source_of(link, campaign, referer.decode("latin-1"), framed=framed)
    network = network_of(address_behind(peer, forwarded.decode("latin-1")))
    return Visit(
        look.page_id,
        look.at,
        visitor_of(salt, look.organization_id, network, crowds.told_apart(network, day, agent)),
        names.known(look.page_id, day, source),
        look.views,
    )


visits = Visits(recognize)
