"""What a flash sale does beyond showing itself: which of its fragments change while it sells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from app.pages.phases import Phase
from app.pages.types.flash_sale.settings import FlashSaleSettings

if TYPE_CHECKING:
    from app.pages.viewing import PageView

FOLDER = "pages/flash_sale"
SELLING = "pages/selling"
BUYABLE = (Phase.SELLING, Phase.HELD)


def redirect(view: PageView) -> str | None:
    """Return where visitors are sent once everything is sold."""
    sold_out = view.phase is Phase.SOLD_OUT or (
        view.phase is Phase.EXPIRED and view.page.ended_cause == "limit"
    )
    return cast(FlashSaleSettings, view.page.settings).sold_out_url if sold_out else None


def addresses(settings: FlashSaleSettings) -> list[str]:
    return [settings.sold_out_url] if settings.sold_out_url else []


def updates(view: PageView) -> list[tuple[str, dict[str, Any]]]:
    """Return the small fragments that a live update swaps, as (template, context). Never the fields of the form."""
    if view.phase is Phase.EXPIRED:
        return []
    found: list[tuple[str, dict[str, Any]]] = [
        (f"{FOLDER}/_kicker.html", {}),
        (f"{SELLING}/_clock.html", {}),
    ]
    for line in view.lines:
        found.append((f"{SELLING}/_price.html", {"line": line}))
        if line.level and line.level.capacity is not None and view.phase is not Phase.SCHEDULED:
            found.append((f"{SELLING}/_line_stock.html", {"line": line}))
    if view.phase in BUYABLE:
        found.append((f"{SELLING}/_button.html", {}))
    return [*found, ("pages/_changes.html", {})]
