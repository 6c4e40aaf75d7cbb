"""Roles in words."""

from collections.abc import Iterable

from app.auth.permissions import RoleName
from app.core.i18n import gettext as _


def role_label(role: str) -> str:
    """Return a role's name; an unknown one as it is."""
    return {
        RoleName.ADMIN.value: _("Admin"),
        RoleName.MANAGER.value: _("Manager"),
        RoleName.EDITOR.value: _("Editor"),
        RoleName.VIEWER.value: _("Viewer"),
        RoleName.VOLUNTEER.value: _("Volunteer"),
    }.get(role, role)


def role_hint(role: RoleName) -> str:
    """Say what a role may do."""
    return {
        RoleName.ADMIN: _("Everything, team and billing too"),
        RoleName.MANAGER: _("Publish, pause, refund, export and message, besides editing"),
        RoleName.EDITOR: _("Create and edit pages and products"),
        RoleName.VIEWER: _("See pages, products, orders and figures"),
        RoleName.VOLUNTEER: _("Only find guests of events and check them in"),
    }[role]


def in_order(roles: Iterable[str]) -> list[str]:
    """Return roles from the mightiest down."""
    known = [role.value for role in RoleName]
    return sorted(roles, key=lambda role: known.index(role) if role in known else len(known))


def roles_text(roles: Iterable[str]) -> str:
    """Return roles in words, such as "Manager, Volunteer"."""
    return ", ".join(role_label(role) for role in in_order(roles)) or _("No role")


def role_options() -> list[tuple[str, str, str]]:
    """Return what a form offers: value, name, and what it may do."""
    return [(role.value, role_label(role.value), role_hint(role)) for role in RoleName]
