"""What the templates of discount codes take, put together once for pages and fragments alike."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.core.currencies import CURRENCIES
from app.core.forms import Form
from app.core.i18n import gettext as _
from app.core.zones import zone_choices
from app.orders.codes.charge_warnings import too_small
from app.orders.codes.figures import uses_of
from app.orders.trying import worth_of
from app.pages import own_codes
from app.pages.loading import PageRecord
from app.pages.queries import selling_pages
from app.stock.codes.queries import CodeRow


async def form_context(
    viewer: Viewer,
    form: Form[Any],
    now: datetime,
    row: CodeRow | None = None,
    offer: PageRecord | None = None,
) -> dict[str, Any]:
    """What `orders/codes/_form.html` takes."""
    pages = await selling_pages(viewer.group_id, now, row.pages if row else ())
    return {
        "form": form,
        "row": row,
        "offer": offer,
        "pages": [
            (str(each.id), each.title or _("Untitled"))
            for each in pages
            if offer is None or each.id != offer.id
        ],
        "currencies": [(currency, currency) for currency in CURRENCIES],
        "zones": zone_choices(form.value("zone")),
        "may_edit": viewer.can(Permission.EDIT_PAGES),
    }


async def show_context(
    viewer: Viewer, row: CodeRow, form: Form[Any], now: datetime
) -> dict[str, Any]:
    """What `orders/codes/show.html` and its fragments take."""
    offer = await own_codes.page_of(row.code.id)
    context = await form_context(viewer, form, now, row, offer)
    everywhere = [UUID(page_id) for page_id, _title in context["pages"]]
    return {
        **context,
        "too_small": await too_small(
            row.code, everywhere if row.code.everywhere else row.pages, now
        ),
        "worth": worth_of(row.code),
        "uses": await uses_of(row.code.stock_id),
    }
