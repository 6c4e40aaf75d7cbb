"""The one permission matrix: which role may do what within its group."""

from collections.abc import Iterable
from enum import StrEnum


class RoleName(StrEnum):
    """The roles that every group has; a user may hold several."""

    ADMIN = "admin"
    MANAGER = "manager"
    EDITOR = "editor"
    VIEWER = "viewer"
    VOLUNTEER = "volunteer"


class Permission(StrEnum):
    """What a handler asks for. Finer than the rows of the matrix, so that handlers name what they do."""

    SEE_PAGES = "see-pages"
    SEE_PRODUCTS = "see-products"
    SEE_ORDERS = "see-orders"
    SEE_REGISTRATIONS = "see-registrations"
    SEE_ANALYTICS = "see-analytics"
    EDIT_PAGES = "edit-pages"
    EDIT_PRODUCTS = "edit-products"
    PUBLISH_PAGES = "publish-pages"
    REFUND_ORDERS = "refund-orders"
    MANAGE_REGISTRATIONS = "manage-registrations"
    EXPORT = "export"
    MESSAGE = "message"
    MANAGE_TEAM = "manage-team"
    MANAGE_BILLING = "manage-billing"
    MANAGE_ORGANIZATION = "manage-organization"
    VERIFY_TICKETS = "verify-tickets"


_SEE = frozenset(
    {
        Permission.SEE_PAGES,
        Permission.SEE_PRODUCTS,
        Permission.SEE_ORDERS,
        Permission.SEE_REGISTRATIONS,
        Permission.SEE_ANALYTICS,
    }
)
_EDIT = frozenset({Permission.EDIT_PAGES, Permission.EDIT_PRODUCTS})
_RUN = frozenset(
    {
        Permission.PUBLISH_PAGES,
        Permission.REFUND_ORDERS,
        Permission.MANAGE_REGISTRATIONS,
        Permission.EXPORT,
        Permission.MESSAGE,
        Permission.VERIFY_TICKETS,
    }
)
_OWN = frozenset(
    {Permission.MANAGE_TEAM, Permission.MANAGE_BILLING, Permission.MANAGE_ORGANIZATION}
)

MATRIX: dict[RoleName, frozenset[Permission]] = {
    RoleName.VOLUNTEER: frozenset({Permission.VERIFY_TICKETS}),
    RoleName.VIEWER: _SEE,
    RoleName.EDITOR: _SEE | _EDIT,
    RoleName.MANAGER: _SEE | _EDIT | _RUN,
    RoleName.ADMIN: _SEE | _EDIT | _RUN | _OWN,
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Return what the holder of `roles` may do; an unknown role allows nothing."""
    known = {role.value: allowed for role, allowed in MATRIX.items()}
    return frozenset[Permission]().union(*(known.get(role, frozenset()) for role in roles))
