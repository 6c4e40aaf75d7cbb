"""What is gone before anybody would ask: kept for hours or days by the modules themselves, not by a setting."""

from datetime import timedelta

from babel.dates import format_timedelta

from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.pages.counting import KNOWN_FOR
from app.registrations.links import CONFIRM_WITHIN
from app.storage.verifying import STALE_AFTER
from app.teams.forgetting import KEPT


def shorter_terms() -> list[tuple[str, str]]:
    """Return what it is and how long it is kept, in words."""
    return [
        (
            _("Files with somebody's own data that they asked for"),
            _words(timedelta(days=get_settings().retention_export_days)),
        ),
        (_("Registrations that nobody confirmed"), _words(CONFIRM_WITHIN)),
        (_("Uploads that nobody finished"), _words(STALE_AFTER)),
        (_("Invitations into a team, after they were used or ran out"), _words(KEPT)),
        (
            _("A visit's digest, which tells a second visit from a first and leads back to nobody"),
            _words(KNOWN_FOR),
        ),
    ]


def _words(term: timedelta) -> str:
    unit = "hour" if term < timedelta(days=2) else "day"
    return format_timedelta(term, granularity=unit, threshold=100, locale=current_language.get())
