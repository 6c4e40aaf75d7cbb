"""Words fit what somebody has: a place, a place in the line, or news to come; footers say why a mail was sent."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.rendering import environment, render

EMAILS = Path(__file__).parent.parent.parent / "templates" / "emails"
PAGE = SimpleNamespace(erase_after_days=None)


def _ways_out(state: str, happening: Any) -> str:
    registration = SimpleNamespace(state=state, standing=True)
    context: dict[str, Any] = {"registration": registration, "happening": happening}
    return render("registrations/_ways_out.html", page=PAGE, path="/r/x", **context)


def test_only_who_has_a_place_reads_of_it() -> None:
    event = SimpleNamespace()
    assert "Your place goes to somebody else" in _ways_out("registered", event)
    for state, happening in (("waiting", event), ("offered", event), ("registered", None)):
        words = _ways_out(state, happening)
        assert "Your place" not in words
        assert 'action="/r/x/cancellation"' in words
    for state in ("waiting", "offered"):
        assert "Leave the waitlist" in _ways_out(state, event)
        assert "The registration is cancelled" not in _ways_out(state, event)
    assert "waitlist" not in _ways_out("registered", None)


FOOTERS = {
    "waitlist-joined": "you joined the waitlist",
    "waitlist-offered": "you joined the waitlist",
    "waitlist-lapsed": "you joined the waitlist",
    "waitlist-closed": "you joined the waitlist",
    "launch-notice": "you asked us to tell you",
    "registration": "you signed up",
    "registration-message": "you signed up",
    "registration-confirm": "somebody entered this address",
    "order-completed": "you ordered",
}


@pytest.mark.parametrize(("name", "words"), FOOTERS.items())
@pytest.mark.parametrize("form", ["html", "txt"])
def test_a_footer_says_why_somebody_gets_the_mail(name: str, words: str, form: str) -> None:
    loader = environment.loader
    assert loader is not None
    source = loader.get_source(environment, f"emails/{name}/body.{form}")[0]
    assert words in source.partition("{% block reason %}")[2]


def test_no_footer_speaks_of_the_system() -> None:
    for body in EMAILS.glob("*/body.*"):
        said = body.read_text()
        assert "was registered on a page" not in said, body
        assert "was used for an order" not in said, body


@pytest.mark.parametrize("folder", ["event_registration", "countdown"])
def test_no_sale_is_spoken_of_where_nothing_is_sold(folder: str) -> None:
    pages = EMAILS.parent / "pages"
    for template in (*(pages / folder).glob("*.html"), pages / "_dialogs.html"):
        assert "sale" not in template.read_text().lower().replace("for sale", ""), template
