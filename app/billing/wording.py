"""Words for plans, their limits and what is over them."""

from app.billing.plans import Limit, Plan
from app.core.i18n import gettext as _
from app.core.i18n import ngettext


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
