"""Words for people, through gettext. English is the source; a language is one catalogue in `app/locale`."""

from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import cast

from babel.core import Locale, UnknownLocaleError
from babel.support import Translations

LOCALE_FOLDER = Path(__file__).parent.parent / "locale"
DEFAULT_LANGUAGE = "en"

current_language: ContextVar[str] = ContextVar("current_language", default=DEFAULT_LANGUAGE)


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return cast(NullTranslations, Translations.load(LOCALE_FOLDER, [language]))


def languages() -> tuple[str, ...]:
    """Return the languages with a catalogue, English first."""
    found = sorted(
        path.parent.parent.name for path in LOCALE_FOLDER.glob("*/LC_MESSAGES/messages.po")
    )
    return (DEFAULT_LANGUAGE, *(language for language in found if language != DEFAULT_LANGUAGE))


@lru_cache
def direction(language: str) -> str:
    """Return how a language is written: "rtl" from the right to the left, else "ltr"."""
    try:
        return Locale.parse(language.replace("-", "_")).text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def gettext(message: str, **values: object) -> str:
    """Return `message` in the current language, with `%(name)s` filled from `values`."""
    text = _catalogue(current_language.get()).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    """Return the form for `count` in the current language; `%(num)s` is the count."""
    return plural_form(singular, plural, count) % {"num": count, **values}


def plural_form(singular: str, plural: str, count: int) -> str:
    """Return the form for `count` as it is, for templates: those fill in their values themselves."""
    return _catalogue(current_language.get()).ngettext(singular, plural, count)
