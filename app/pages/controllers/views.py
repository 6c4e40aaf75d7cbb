"""What the console's templates take, put together once for pages and fragments alike."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.core.forms import Form
from app.core.i18n import gettext as _
from app.core.i18n import languages
from app.core.ids import new_id, parse_id
from app.core.local_times import to_local
from app.core.theme import FONT_STACKS, PRESETS, RADII, Theme, check, font_label
from app.core.zones import zone_choices
from app.pages.charge_warnings import line_warnings, typed_warnings
from app.pages.editing import Edit, form_of
from app.pages.embedding import embed_code, may_embed
from app.pages.foreseeing import Foreseen, foresee
from app.pages.forms import MAXIMUM_CONTENTS
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.picking import choices
from app.pages.previewing import Choice, preview
from app.pages.queries import figures_of, transitions_of
from app.pages.sharing import preview_url, public_url
from app.pages.viewing import view_page
from app.pages.wording import change_text
from app.products.presenting import ProductCard
from app.stock.levels import levels

LANGUAGE_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}


def chosen(form: Form[Any]) -> list[UUID]:
    """Return the ids of the products that the form lists, as far as they are ids."""
    return [found for found in map(parse_id, form.all("item")) if found is not None]


async def editor_context(
    viewer: Viewer,
    page: PageRecord,
    now: datetime,
    form: Form[Any] | None = None,
    cards: dict[UUID, ProductCard] | None = None,
    edit: Edit | None = None,
) -> dict[str, Any]:
    """What `pages/edit.html` and its fragments take."""
    form = form or form_of(page)
    ids = [content.product_id for content in page.contents]
    cards = cards if cards is not None else await choices(viewer.group_id, ids, now)
    items = [cards[product_id] for product_id in chosen(form) if product_id in cards]
    return {
        "page": page,
        "form": form,
        "draft": page.state(now) is State.DRAFT,
        "state": page.state(now),
        "items": items,
        "small_prices": typed_warnings(form, items),
        **choice_context(cards, items),
        "zones": zone_choices(form.value("zone")),
        "languages": [(code, LANGUAGE_NAMES.get(code, code)) for code in languages()],
        "presets": PRESETS,
        "fonts": [(font, font_label(font)) for font in FONT_STACKS],
        "radii": [(radius, radius_label(radius)) for radius in RADII],
        "contrast": contrast_of(form),
        "type_fields": f"{page.page_type.templates}/_fields.html",
        "may_publish": viewer.can(Permission.PUBLISH_PAGES),
        "kept": None,
        "upgrade": False,
        "preview": await preview(page, Choice(), now),
        **foreseen_context(page, edit, now),
    }


def choice_context(cards: dict[UUID, ProductCard], items: list[ProductCard]) -> dict[str, Any]:
    """What the picker offers: products of the page's one currency, and how many a page may hold."""
    listed = {card.id for card in items}
    free = [card for card in cards.values() if card.id not in listed]
    fitting = [card for card in free if not items or card.currency == items[0].currency]
    return {
        "products": fitting,
        "other_currency": items[0].currency if len(fitting) < len(free) else "",
        "most_items": MAXIMUM_CONTENTS,
    }


def foreseen_context(page: PageRecord, edit: Edit | None, now: datetime) -> dict[str, Any]:
    """What `pages/_foreseen.html` takes. Without an edit that was read nothing is foreseen, and for a draft never."""
    found = Foreseen((), (), told=False) if edit is None else foresee(page, edit, now)
    foreseen = None if page.state(now) is State.DRAFT else found
    return {"page": page, "foreseen": foreseen, "change_text": change_text}


def radius_label(radius: str) -> str:
    return {
        "none": _("Square"),
        "small": _("Small"),
        "medium": _("Medium"),
        "large": _("Large"),
    }[radius]


def contrast_of(form: Form[Any]) -> list[tuple[str, str, float]]:
    """Return what is hard to read in the colours as typed, as (field, message, ratio); empty when all is well."""
    names = ("background", "surface", "text", "accent")
    background, surface, text, accent = (form.value(name).lower() for name in names)
    try:
        return check(Theme(background, surface, text, accent))
    except ValueError:
        return []


async def detail_context(viewer: Viewer, page: PageRecord, now: datetime) -> dict[str, Any]:
    """What `pages/detail.html` and its fragments take: four statements with the page and the viewer."""
    return {
        **await figures_context(page, now),
        "transitions": await transitions_of(page.id),
        "public_url": public_url(page),
        "preview_url": preview_url(page, now),
        "embed_code": embed_code(page) if await may_embed(page.organization_id) else "",
        "change_text": change_text,
        "rerun_id": new_id(),
        "copy_id": new_id(),
        "stock_change_id": new_id(),
        "may_edit": viewer.can(Permission.EDIT_PAGES),
        "may_publish": viewer.can(Permission.PUBLISH_PAGES),
        "extension": extension_form(page),
        "problem": "",
    }


async def figures_context(page: PageRecord, now: datetime) -> dict[str, Any]:
    """What `pages/_figures.html` takes."""
    stands = await levels(page.shown_ids())
    view = view_page(page, stands, now)
    own = page.stock_ids()
    return {
        "page": page,
        "now": now,
        "view": view,
        "state": view.state,
        "small_prices": line_warnings(view.lines),
        "figures": figures_of([level for stock_id, level in stands.items() if stock_id in own]),
    }


def extension_form(page: PageRecord) -> Form[Any]:
    values = {"expires_at": to_local(page.times.expires_at, page.zone), "expires_at_fold": ""}
    return Form(values=values)


def new_form(viewer: Viewer) -> Form[Any]:
    """Return an empty form in the viewer's zone, which the browser's replaces while they have none."""
    zone = viewer.zone or "UTC"
    return Form(values={"id": str(new_id()), "title": "", "type": "", "zone": zone})
