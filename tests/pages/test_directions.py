"""A page in a language that is written from the right is laid out from the right, and so are its mails."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core import db
from app.core.i18n import direction
from app.notifications.rendering import render_message
from tests.factories.pages import make_page


@pytest.mark.parametrize("language", ["ar", "he", "fa", "ur", "ar-EG"])
def test_languages_from_the_right(language: str) -> None:
    assert direction(language) == "rtl"


@pytest.mark.parametrize("language", ["en", "de", "ja", "xx-nonsense", ""])
def test_all_others_from_the_left(language: str) -> None:
    assert direction(language) == "ltr"


@pytest.mark.parametrize(("language", "way"), [("ar", "rtl"), ("en", "ltr")])
async def test_a_page_and_its_embed(
    owner: Any, client: Any, now: datetime, language: str, way: str
) -> None:
    page = await make_page(owner.viewer, now=now, title="כותרת and words")
    await db.execute("UPDATE page SET language = $2 WHERE id = $1", page.id, language)
    for address in (f"/p/{page.short_id}", f"/p/{page.short_id}/embed"):
        text = (await client.get(address)).text
        assert f'<html lang="{language}" dir="{way}">' in text
        # What people wrote follows its own letters.
        assert '<h1 dir="auto">' in text


@pytest.mark.parametrize(("language", "way"), [("he", "rtl"), ("en", "ltr")])
def test_a_mail(language: str, way: str) -> None:
    context = {"name": "Ann", "changed_at": datetime(2026, 12, 1, tzinfo=UTC)}
    mail = render_message("password-changed", context, language)
    assert f'<html lang="{language}" dir="{way}">' in mail.html
