"""What is gone before anybody would ask: kept for hours or days by the modules themselves, not by a setting."""

from datetime import timedelta

from app.auth.guessing import LONGEST_MEMORY
from app.core.dates import format_timedelta
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.pages.counting import KNOWN_FOR
from app.registrations.links import CONFIRM_WITHIN
from app.registrations.suspecting import FORGOTTEN_AFTER
from app.storage.verifying import STALE_AFTER
from app.teams.forgetting import KEPT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def shorter_terms() -> list[tuple[str, str]]:
    """Return what it is and how long it is kept, in words."""
    return [
        (_("Registrations that nobody confirmed"), _words(CONFIRM_WITHIN)),
        (_("Uploads that nobody finished"), _words(STALE_AFTER)),
        (_("Invitations into a team, after they were used or ran out"), _words(KEPT)),
        (
            _("A visit's digest, which tells a second visit from a first and leads back to nobody"),
            _words(KNOWN_FOR),
        ),
        (
            _("Counts of who came how often, against guessing and floods"),
            _words(LONGEST_MEMORY),
        ),
        (
            _("The digest of a browser that filled in a form, by which bursts of robots are seen"),
            _words(FORGOTTEN_AFTER),
        ),
    ]


def _words(term: timedelta) -> str:
    unit = "minute" if term < HOUR else "hour" if term < 2 * DAY else "day"
    return format_timedelta(term, granularity=unit, threshold=100, locale=current_language.get())
