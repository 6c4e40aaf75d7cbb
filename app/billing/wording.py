"""Words for plans, their limits and what is over them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.billing.plans import Limit, Plan
from app.core.dates import format_date
from app.core.i18n import current_language, ngettext
from app.core.i18n import gettext as _
from app.core.money import format_money

# Times are told in the zone of whoever looks, and in this one until it is known.
ZONE = "UTC"


def name_of(limit: Limit) -> str:
    """Return what a limit counts, as a heading."""
    return {
        Limit.ACTIVE_PAGES: _("Scheduled and running pages"),
        Limit.PRODUCTS: _("Active products"),
        Limit.STORAGE: _("Storage"),
        Limit.REGISTRATIONS: _("Registrations on one page"),
        Limit.TEAM_SIZE: _("People in the team"),
    }[limit]


def amount_of(limit: Limit, amount: int | None) -> str:
    """Return an amount of what a limit counts, for people."""
    if amount is None:
        return _("Unlimited")
    return size_words(amount) if limit is Limit.STORAGE else f"{amount:,}"


def day_of(moment: datetime, zone: str) -> str:
    """Return the day of a moment in `zone`, written for the current language."""
    return format_date(moment.astimezone(ZoneInfo(zone)), "long", current_language.get())


def size_words(size: int) -> str:
    """Return bytes in the largest unit that they fill, without needless decimals."""
    for unit, name in ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return _("%(n)s bytes", n=size)


def refusal(limit: Limit, allowed: int, plan: Plan) -> str:
    """Say that there is no room for more, and what makes some."""
    words = {
        Limit.ACTIVE_PAGES: ngettext(
            "The plan %(plan)s has room for %(num)s scheduled or running page. End one first, or choose a larger plan.",
            "The plan %(plan)s has room for %(num)s scheduled or running pages. End one first, or choose a larger plan.",
            allowed,
            plan=plan.name,
        ),
        Limit.PRODUCTS: ngettext(
            "The plan %(plan)s has room for %(num)s active product. Hide one first, or choose a larger plan.",
            "The plan %(plan)s has room for %(num)s active products. Hide one first, or choose a larger plan.",
            allowed,
            plan=plan.name,
        ),
        Limit.STORAGE: _(
            "The plan %(plan)s has room for files of %(size)s together. Remove some first, or choose a larger plan.",
            plan=plan.name,
            size=size_words(allowed),
        ),
        Limit.REGISTRATIONS: ngettext(
            "The plan %(plan)s has room for %(num)s registration on one page.",
            "The plan %(plan)s has room for %(num)s registrations on one page.",
            allowed,
            plan=plan.name,
        ),
        Limit.TEAM_SIZE: ngettext(
            "The plan %(plan)s has room for %(num)s person in the team. Choose a larger plan for more.",
            "The plan %(plan)s has room for %(num)s people in the team, invitations included. Choose a larger plan for more.",
            allowed,
            plan=plan.name,
        ),
    }
    return words[limit]


def price_of(plan: Plan) -> str:
    """Return a plan's price for people."""
    if plan.amount is None:
        return _("On request")
    return format_money(plan.amount, plan.currency, current_language.get())


def fee_words(points: int) -> str:
    """Return a fee in hundredths of a per cent as per cent."""
    return _("%(percent)s %%", percent=f"{points / 100:g}")


def features_of(plan: Plan) -> list[str]:
    """Return what a plan allows, a line each."""
    features = plan.features
    fee = fee_words(features.fee_basis_points)
    return [
        _counted(
            features.active_pages,
            _("Unlimited pages"),
            "%(num)s page at a time",
            "%(num)s pages at a time",
        ),
        _counted(features.products, _("Unlimited products"), "%(num)s product", "%(num)s products"),
        _("Unlimited storage")
        if features.storage_bytes is None
        else _("%(size)s of files", size=size_words(features.storage_bytes)),
        _counted(
            features.registrations_per_page,
            _("Unlimited registrations"),
            "%(num)s registration a page",
            "%(num)s registrations a page",
        ),
        _counted(
            features.team_size,
            _("A team of any size"),
            "%(num)s person",
            "%(num)s people in the team",
        ),
        _("%(fee)s fee on sales", fee=fee) if features.fee_basis_points else _("No fee on sales"),
        _("Your pages carry your name alone")
        if features.own_branding
        else _("A small “Made with Mayfly” on your pages"),
    ]


def _counted(count: int | None, unlimited: str, singular: str, plural: str) -> str:
    return unlimited if count is None else ngettext(singular, plural, count, num=f"{count:,}")


def remedy(limit: Limit) -> str:
    """Say how there is less of something."""
    return {
        Limit.ACTIVE_PAGES: _("End pages, or take scheduled ones back."),
        Limit.PRODUCTS: _("Deactivate products that you no longer put on pages."),
        Limit.STORAGE: _("Remove files from products, or covers from pages."),
        Limit.REGISTRATIONS: _("Nobody new can register on that page; who is registered stays."),
        Limit.TEAM_SIZE: _("Remove members, or withdraw invitations."),
    }[limit]
