"""What only one browser sees on a public page: its own hold. Everything else on the page is the same for everyone."""

from typing import Any

from litestar import Request

from app.core.clock import utc_now
from app.core.rendering import render
from app.orders.buyers import buyer_of
from app.orders.links import order_path
from app.orders.paying import own_hold
from app.orders.recent_orders import recent_order
from app.pages.loading import PageRecord


async def personal_part(request: Request[Any, Any, Any], page: PageRecord) -> str:
    """Return the hold that this browser has on `page`, or what it has just bought there, as a fragment; "" for neither.

    For `pages.public`; one statement, two without a hold.
    """
    buyer = buyer_of(request)
    if buyer is None:
        return ""
    now = utc_now()
    held = await own_hold(page.short_id, buyer, now)
    if held:
        return render("orders/_hold.html", hold=held, now=now)
    bought = await recent_order(page.short_id, buyer, now)
    if bought is None:
        return ""
    return render("orders/_bought.html", order=bought, order_path=order_path(bought.order_id, now))
