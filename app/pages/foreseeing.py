"""What visitors will notice when an edit of a published page is saved: lines of its change log, and what only looks different."""

from dataclasses import dataclass
from datetime import datetime

from app.core.i18n import gettext as _
from app.pages.editing import Edit
from app.pages.loading import Change, PageRecord
from app.pages.wording import PLAN


@dataclass(frozen=True)
class Foreseen:
    """`logged` are the lines of the public change log, `seen` the names of what else will be different, and `told` says
    whether registrants get a message."""

    logged: tuple[Change, ...]
    seen: tuple[str, ...]
    told: bool

    @property
    def nothing(self) -> bool:
        return not self.logged and not self.seen


def foresee(page: PageRecord, edit: Edit, now: datetime) -> Foreseen:
    """Return what saving `edit` will do to what visitors see."""
    logged = changes_of(page, edit, now)
    plan = any(change.kind in PLAN for change in logged)
    told = plan and page.page_type.collects == "registrations"
    return Foreseen(tuple(logged), tuple(_seen(page, edit, logged)), told)


def changes_of(page: PageRecord, edit: Edit, now: datetime) -> list[Change]:
    """Return the lines that an edit adds to the public change log of a published page."""
    found = [
        Change(each.kind, each.subject, each.before, each.after, "", now)
        for each in page.page_type.noticeable(page.settings, edit.settings)
    ]
    before, after = page.sells.discount_percent, edit.of(page).sells.discount_percent
    if before != after:
        found.append(Change("discount", "", str(before), str(after), "", now))
    old = {content.product_id: content.amount for content in page.contents}
    return found + [
        Change(
            *("price", content.title, str(old[content.product_id]), str(content.amount)),
            *(content.currency, now),
        )
        for content in edit.contents
        if old.get(content.product_id, content.amount) != content.amount
    ]


def _seen(page: PageRecord, edit: Edit, logged: list[Change]) -> list[str]:
    explained = any(change.kind != "price" for change in logged)
    differs = {
        _("The title"): page.title != edit.title,
        _("The description"): page.description != edit.description,
        _("The language"): page.language != edit.language,
        _("The time zone"): page.zone != edit.zone,
        _("The look"): page.theme != edit.theme,
        _("The products' order or words"): _products(page) != _products(edit),
        _("What the page says or asks"): page.settings != edit.settings and not explained,
        _("What it shows after its end"): page.afterlife != edit.afterlife,
        _("How long registrations are kept"): page.erase_after_days != edit.erase_after_days,
    }
    return [words for words, changed in differs.items() if changed]


def _products(shown: PageRecord | Edit) -> list[tuple[str, str, str, str]]:
    return [(each.title, each.summary, each.image, each.instead) for each in shown.contents]
