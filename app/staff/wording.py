"""What staff did, in words."""

from app.core.i18n import gettext as _


def words_of(kind: str) -> str:
    """Return an action in words; an unknown one as it is."""
    return _words().get(kind, kind)


def _words() -> dict[str, str]:
    return {
        "searched": _("Searched"),
        "looked-at-user": _("Looked at an account"),
        "looked-at-page": _("Looked at a page"),
        "looked-at-order": _("Looked at an order"),
        "ended-sessions": _("Ended all sessions of an account"),
        "removed-two-factor": _("Removed two-factor of an account"),
        "gave-plan": _("Gave a plan"),
        "edited-plan": _("Changed a plan"),
        "suspended-page": _("Suspended a page"),
        "lifted-suspension": _("Lifted a suspension"),
        "set-flag": _("Took a flag into their hand"),
        "set-flag-share": _("Changed a flag's share"),
        "set-flag-for": _("Set a flag for an organization"),
        "unset-flag-for": _("Took a flag back from an organization"),
        "deleted-flag": _("Deleted a flag"),
        "checked-invariants": _("Checked the invariants"),
        "retried-job": _("Tried a dead letter again"),
        "ran-retention": _("Let go of what was kept long enough"),
    }
