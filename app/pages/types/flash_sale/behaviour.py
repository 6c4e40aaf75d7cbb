"""What a flash sale does beyond showing itself: which of its fragments change while it sells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.pages.phases import Phase

if TYPE_CHECKING:
    from app.pages.viewing import PageView

FOLDER = "pages/flash_sale"
BUYABLE = (Phase.SELLING, Phase.HELD)


def updates(view: PageView) -> list[tuple[str, dict[str, Any]]]:
    """Return the small fragments that a live update swaps, as (template, context). Never the fields of the form."""
    if view.phase is Phase.EXPIRED:
        return []
    found: list[tuple[str, dict[str, Any]]] = [
        (f"{FOLDER}/_kicker.html", {}),
        (f"{FOLDER}/_clock.html", {}),
    ]
    for line in view.lines:
        found.append((f"{FOLDER}/_price.html", {"line": line}))
        if line.level and line.level.capacity is not None and view.phase is not Phase.SCHEDULED:
            found.append((f"{FOLDER}/_line_stock.html", {"line": line}))
    if view.phase in BUYABLE:
        found.append((f"{FOLDER}/_button.html", {}))
    return [*found, ("pages/_changes.html", {})]
