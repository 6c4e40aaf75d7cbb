"""What a limited-time offer does beyond showing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from app.core.i18n import gettext as _
from app.pages.phases import Phase
from app.pages.types.base import Noticed
from app.pages.types.limited_offer.settings import OfferSettings, Redirect

if TYPE_CHECKING:
    from app.pages.viewing import PageView

FOLDER = "pages/limited_offer"
BUYABLE = (Phase.SELLING, Phase.HELD)


def redirect(view: PageView) -> str | None:
    """Return where visitors are sent after the offer, unless the page has an afterlife of its own."""
    after = cast(OfferSettings, view.page.settings).after
    over = view.phase is Phase.EXPIRED and view.page.afterlife.action == "message"
    return after.url if over and isinstance(after, Redirect) else None


def addresses(settings: OfferSettings) -> list[str]:
    return [settings.after.url] if isinstance(settings.after, Redirect) else []


def noticeable(before: OfferSettings, after: OfferSettings) -> list[Noticed]:
    if before.code == after.code:
        return []
    return [Noticed("code", before.code, after.code)]


def incomplete(settings: OfferSettings) -> str:
    if settings.code or settings.bonus or settings.discount_percent:
        return ""
    return _("Please say what the offer is: a code, a discount or a bonus.")


def updates(view: PageView) -> list[tuple[str, dict[str, Any]]]:
    """Return the small fragments that a live update swaps. Never the fields of the form."""
    if view.phase is Phase.EXPIRED:
        return []
    found: list[tuple[str, dict[str, Any]]] = [
        (f"{FOLDER}/_kicker.html", {}),
        ("pages/selling/_clock.html", {}),
        (f"{FOLDER}/_code.html", {}),
    ]
    found += [("pages/selling/_price.html", {"line": line}) for line in view.lines]
    if view.phase in BUYABLE:
        found.append(("pages/selling/_button.html", {}))
    return [*found, ("pages/_changes.html", {})]
