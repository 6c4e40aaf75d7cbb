"""Time zones by their names, as people choose them."""

from functools import lru_cache
from zoneinfo import available_timezones

from app.core.forms import FieldError
from app.core.i18n import gettext as _


@lru_cache
def zones() -> tuple[str, ...]:
    """Return the names of the zones that people live in, sorted."""
    old = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    named = (zone for zone in _known() if "/" in zone and not zone.startswith(old))
    return (*sorted(named), "UTC")


@lru_cache
def _known() -> frozenset[str]:
    # Read once: to gather them walks through the folders of the time zone database.
    return frozenset(available_timezones())


def check_zone(name: str) -> str:
    """Return `name`. Raises FieldError beside `zone` when there is no such zone."""
    if name not in _known():
        raise FieldError("zone", _("There is no such time zone."))
    return name
