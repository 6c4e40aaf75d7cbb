"""What the security log says of somebody's data."""

from app.auth.security_words import Wording, Words
from app.core.i18n import gettext as _


def privacy_words() -> dict[str, Wording]:
    """Return the words for every kind that this module notes."""
    return {
        "export-asked": lambda said: Words(_("Asked for a file with all your data")),
        "export-downloaded": lambda said: Words(
            _("Downloaded the file with your data"),
            _("If that was not you, change your password."),
            "warn",
        ),
        "erasure-asked": lambda said: Words(
            _("Asked for the end of this account"), _("It can be taken back until then."), "bad"
        ),
        "erasure-cancelled": lambda said: Words(_("The account is kept after all"), tone="good"),
    }
