"""A message's three parts from its folder in `templates/emails`: subject, text and HTML side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.clock import utc_now
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.rendering import environment
from app.core.settings import get_settings

LONGEST_SUBJECT = 400

# The text parts are no HTML: an apostrophe in a name stays one.
plain = environment.overlay(autoescape=False)


@dataclass(frozen=True)
class Rendered:
    """A message in words."""

    subject: str
    text: str
    html: str


def render_message(name: str, context: Mapping[str, Any], locale: str) -> Rendered:
    """Render `templates/emails/<name>/{subject.txt,body.txt,body.html}` in the language `locale`.

    Templates also get `base_url`, `lang` and `now`. Undefined names raise.
    """
    token = current_language.set(locale)
    try:
        given = _given(context, locale)
        folder = f"emails/{name}"
        subject = subject_line(name, given)
        text = plain.get_template(f"{folder}/body.txt").render(given)
        html = environment.get_template(f"{folder}/body.html").render(given)
    finally:
        current_language.reset(token)
    return Rendered(subject, text.strip() + "\n", html)


def subject_line(name: str, given: Mapping[str, Any]) -> str:
    """Render the subject of a message as one line: a line break in a header would begin another header."""
    subject = plain.get_template(f"emails/{name}/subject.txt").render(given)
    return " ".join(subject.split())[:LONGEST_SUBJECT]


def render_sms(name: str, context: Mapping[str, Any], locale: str) -> str:
    """Render `templates/emails/<name>/sms.txt` as one line: what a text message says. One of a list ends with the way out
    of it.
    """
    token = current_language.set(locale)
    try:
        given = _given(context, locale)
        text = plain.get_template(f"emails/{name}/sms.txt").render(given)
        if given["unsubscribe_url"]:
            text += " " + _("No more: %(url)s", url=given["unsubscribe_url"])
    finally:
        current_language.reset(token)
    return " ".join(text.split())


def _given(context: Mapping[str, Any], locale: str) -> dict[str, Any]:
    return {
        "now": utc_now(),
        "lang": locale,
        "base_url": get_settings().base_url,
        "unsubscribe_url": "",
        **context,
    }
