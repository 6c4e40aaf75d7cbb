"""Where a page leads its visitors."""

import re
from html import unescape
from urllib.parse import urlsplit

import httpx


def leads(answer: httpx.Response) -> str:
    """Return the address that a page names and links to, and does not follow by itself."""
    assert answer.status_code == 200 and "location" not in answer.headers
    assert answer.headers["x-robots-tag"] == "noindex" and "data-redirect" not in answer.text
    found = re.search(
        r'<a class="button" href="(https://[^"]+)"[^>]*>Continue to ([^<]+)</a>', answer.text
    )
    assert found, answer.text
    url = unescape(found[1])
    assert found[2] == urlsplit(url).hostname
    return url
