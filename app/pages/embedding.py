"""A page's clock and offer on another site: a frame of its own origin that has no cookies and opens the page at top level.

The frame is sandboxed by its own headers too, so that it stays without cookies however a site puts it in.
"""

from urllib.parse import urlsplit
from uuid import UUID

from markupsafe import escape

from app import flags
from app.core.i18n import gettext as _
from app.core.middleware import content_security_policy
from app.core.settings import get_settings
from app.pages.arriving import Link, address_of
from app.pages.loading import PageRecord

# The operator's switch: what strangers' sites show of us can be taken from an organization, or from all at once.
EMBEDDING = flags.declare(
    "embedding", lambda: _("Pages can be shown in frames on other sites"), default=True
)

SCRIPT_PATH = "/embed.js"
SANDBOX = (
    "allow-scripts allow-popups allow-popups-to-escape-sandbox "
    "allow-top-navigation-by-user-activation"
)
# The frame has no origin of its own: what it reads of ours is public, and it says so.
PUBLIC = {"Access-Control-Allow-Origin": "*"}


def frame_headers() -> dict[str, str]:
    """Return the headers of a document that any site may put into a frame."""
    policy = content_security_policy().replace("frame-ancestors 'self'", "frame-ancestors *")
    return {"Content-Security-Policy": f"{policy}; sandbox {SANDBOX}", **PUBLIC}


async def may_embed(organization_id: UUID) -> bool:
    """Whether other sites may show an organization's pages in a frame."""
    return await flags.enabled(EMBEDDING, organization_id)


def embed_code(page: PageRecord, link: Link | None = None) -> str:
    """Return the one line that puts the page on another site, as who comes by `link` sees it. Without one, the frame's
    visitors come from the source EMBEDDED."""
    source = f"{get_settings().base_url}{SCRIPT_PATH}"
    query = urlsplit(address_of(page, link)).query if link else ""
    carried = f' data-link="{escape(query)}"' if query else ""
    return f'<script async src="{source}" data-page="{page.short_id}"{carried}></script>'
