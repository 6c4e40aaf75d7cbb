"""Where a visitor came from, and whether it is one: read from what a browser says of itself, with no cookie."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from app.core.settings import get_settings
from app.core.signing import query_pairs

# The parameter by which newsletters and advertisements commonly say where a visitor comes from.
CAMPAIGN = "utm_source"
LONGEST_NAME = 60
# So many names from outside are told apart on one page and day, for anybody can invent them; the others are one.
MOST_NAMES = 100
OTHERS = "…"

_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_BROWSER = re.compile(r"(?:Mozilla|Opera)/")
# A telephone of the make Cubot is no robot.
_ROBOT = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|archiver|fetch|preview|headless|phantom|lighthouse|pagespeed"
    r"|facebookexternalhit|whatsapp|embedly|pingdom|uptime|python|curl|wget|libwww"
    # A program that names its own address or its author's. No browser does.
    r"|https?://|@"
    # Office and Outlook ask for a link before they hand it to the browser.
    r"|ms-?office|microsoft (?:office|outlook|word|excel|powerpoint)"
    # Chats and mail gateways look at a link before a person does.
    r"|slack-|skypeuri|iframely|unfurl|link ?expan|link.?check|validator|prerender|mediapartners"
    r"|barracuda|mimecast|proofpoint|censys|zgrab|nmap|nessus|qualys|virustotal|urlscan"
    # Feed readers and monitors.
    r"|\bfeed(?:ly|bin|parser|burner|demon|wrangler)|newsblur|inoreader|miniflux|tiny tiny rss"
    r"|monitor|statuscake|site24x7|gtmetrix|scrapy|puppeteer|playwright|selenium",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a source is: a share link's own name, `utm_source`, another site that linked here, a frame on another site
    that shows the page, or nothing that is known."""

    LINK = "link"
    CAMPAIGN = "campaign"
    SITE = "site"
    FRAME = "frame"
    DIRECT = "direct"


@dataclass(frozen=True)
class Source:
    """A kind, and a name within it: the link's source, the campaign, the other site's host; "" for none."""

    kind: Kind
    name: str = ""


DIRECT = Source(Kind.DIRECT)


@lru_cache(maxsize=4096)
def is_person(agent: str) -> bool:
    """Whether a `User-Agent` is a browser's, and not one that somebody's program drives."""
    return _BROWSER.match(agent) is not None and _ROBOT.search(agent) is None


def source_of(link: str, campaign: str, referer: str, *, framed: bool) -> Source:
    """Return where a visit came from. `link` is a signed source; what is unsigned anybody may have made up."""
    if framed:
        return Source(Kind.FRAME, host_of(referer))
    if link:
        return Source(Kind.LINK, link)
    if name := clean_name(campaign):
        return Source(Kind.CAMPAIGN, name)
    host = host_of(referer)
    return Source(Kind.SITE, host) if host else DIRECT


def campaign_of(scope: Any) -> str:
    """Return the campaign that a request's query (ASGI) names, "" for none; of several the last."""
    query: bytes = scope["query_string"]
    pairs = query_pairs(query.decode("latin-1")) if CAMPAIGN.encode() in query else []
    return dict(pairs).get(CAMPAIGN, "")


def clean_name(text: str) -> str:
    """Return a name from an address as it may be stored and shown."""
    kept = "".join(letter for letter in text[: 4 * LONGEST_NAME] if letter.isprintable())
    return kept.strip()[:LONGEST_NAME].strip()


def host_of(referer: str) -> str:
    """Return the host that a `Referer` names, and nothing else of it; "" for our own and for what is none."""
    if not referer:
        return ""
    try:
        host = (urlsplit(referer).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    own = (urlsplit(get_settings().base_url).hostname or "").removeprefix("www.")
    known = _HOST.fullmatch(host) is not None and host != own
    return host[-LONGEST_NAME:] if known else ""
