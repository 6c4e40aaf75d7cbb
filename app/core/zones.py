"""Time zones by their names, as people choose them: the current ones, whatever a browser or an old row calls them."""

from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import available_timezones

from babel.core import get_global
from pydantic import AfterValidator, Field

from app.core.forms import FieldError
from app.core.i18n import gettext as _

UTC_NAME = "UTC"
# Whoever reads the answer to a request sees its times in this zone: their account's, or UTC where none is known.
reader_zone: ContextVar[str] = ContextVar("reader_zone", default=UTC_NAME)


def _lines(name: str) -> list[list[str]]:
    text = files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache
def zones() -> tuple[str, ...]:
    """Return the names of the zones that people live in, sorted: those of the time zone database's table of places."""
    return (*sorted({parts[2] for parts in _lines("zone.tab")} & _known()), UTC_NAME)


@lru_cache
def _known() -> frozenset[str]:
    # Read once: to gather them walks through the folders of the time zone database.
    return frozenset(available_timezones())


@lru_cache
def _links() -> dict[str, str]:
    return {parts[2]: parts[1] for parts in _lines("tzdata.zi") if parts[0] == "L"}


@lru_cache(maxsize=1024)
def current_zone(name: str) -> str:
    """Return the current name of a zone: "Asia/Kolkata" for "Asia/Calcutta". An unknown name stays as it is."""
    if name in zones():
        return name
    # CLDR knows the place ("Africa/Asmera" is Asmara), the database only whose clocks it shares (Nairobi's).
    renamed = get_global("zone_aliases").get(name, "")
    target = renamed if renamed in zones() else _links().get(name, name)
    if target in ("Etc/UTC", "Etc/GMT", "GMT"):
        return UTC_NAME
    return target if target in zones() else name


def zone_name(zone: str) -> str:
    """Return a zone's name as people read it: "America/New York"."""
    return zone.replace("_", " ")


def zone_choices(stored: str = "") -> list[tuple[str, str]]:
    """Return what a form offers, each with its words; a zone that is `stored` under another name stays chosen."""
    known = zones()
    names = known if not stored or stored in known else (stored, *known)
    return [(name, zone_name(name)) for name in names]


def check_zone(name: str) -> str:
    """Return the current name of `name`. Raises FieldError beside `zone` when there is no such zone."""
    if name not in _known():
        raise FieldError("zone", _("There is no such time zone."))
    return current_zone(name)


# A form's zone under its current name; whether there is such a zone is asked by `check_zone`.
ZoneName = Annotated[str, Field(max_length=64), AfterValidator(current_zone)]
