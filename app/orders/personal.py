"""What only one browser sees on a public page: its own hold. Everything else on the page is the same for everyone."""

from typing import Any

from litestar import Request

from app.core.clock import utc_now
from app.core.rendering import render
from app.orders.buyers import buyer_of
from app.orders.paying import own_hold
from app.pages.loading import PageRecord


async def personal_part(request: Request[Any, Any, Any], page: PageRecord) -> str:
    """Return the hold that this browser has on `page` as a fragment, or "". For `pages.public`; one statement."""
    buyer = buyer_of(request)
    if buyer is None:
        return ""
    now = utc_now()
    held = await own_hold(page.short_id, buyer, now)
    return render("orders/_hold.html", hold=held, now=now) if held else ""
