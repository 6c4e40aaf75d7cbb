"""What an export holds: everything about the person, and what is theirs of their organization.

Who may export for the organization gets all of it; everybody else what they made themselves.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from app.auth.members import Member
from app.auth.permissions import Permission
from app.auth.personal_data import addresses_of, log_of, sessions_of
from app.auth.viewer import Viewer
from app.core.i18n import gettext as _
from app.notices.personal_data import notice_settings_of, notices_of
from app.notifications.personal_data import messages_to
from app.orders.personal_data import orders_of
from app.pages.personal_data import pages_of
from app.products.personal_data import products_of
from app.registrations.personal_data import registrations_of

Rows = AsyncIterator[dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """One list of the export, as `<name>.json` and `<name>.csv`."""

    name: str
    rows: Callable[[Member], Rows]
    words: Callable[[], str]
    for_admins: bool = False


def _whose(member: Member) -> Any:
    return None if runs_organization(member) else member.id


def runs_organization(member: Member | Viewer) -> bool:
    """Whether somebody may take along what is their organization's."""
    return member.can(Permission.MANAGE_TEAM)


KINDS = (
    Kind("address-changes", lambda who: addresses_of(who.id), lambda: _("Changes of your address")),
    Kind(
        "sessions", lambda who: sessions_of(who.id), lambda: _("Where you are and were logged in")
    ),
    Kind("security-log", lambda who: log_of(who.id), lambda: _("What happened to your account")),
    Kind(
        "messages",
        lambda who: messages_to(who.email, confirmed=who.verified),
        lambda: _("Messages that you were sent"),
    ),
    Kind(
        "notice-settings",
        lambda who: notice_settings_of(who.id),
        lambda: _("What you want to be told by mail"),
    ),
    Kind(
        "notices",
        lambda who: notices_of(who.id),
        lambda: _("Sales, refunds and registrations that you were told of"),
    ),
    Kind(
        "pages",
        lambda who: pages_of(who.organization_id, _whose(who)),
        lambda: _("Pages, with all their settings"),
    ),
    Kind(
        "products",
        lambda who: products_of(who.organization_id, _whose(who)),
        lambda: _("Products, with the names and sizes of their files"),
    ),
    Kind("orders", lambda who: orders_of(who.organization_id), lambda: _("Orders"), True),
    Kind(
        "registrations",
        lambda who: registrations_of(who.organization_id),
        lambda: _("Registrations, with answers and consent"),
        True,
    ),
)


def kinds_for(member: Member) -> tuple[Kind, ...]:
    whole = runs_organization(member)
    return tuple(kind for kind in KINDS if whole or not kind.for_admins)
