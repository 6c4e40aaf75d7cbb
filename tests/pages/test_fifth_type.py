"""A fifth type is one folder and one line: a tiny one, made here, goes through the whole of a page's life."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from jinja2 import ChoiceLoader, DictLoader
from pydantic import Field

from app.core.rendering import environment
from app.pages import loading
from app.pages.editing import form_of
from app.pages.forms import PageForm
from app.pages.terms import PageSettings, build
from app.pages.types import page_types
from app.pages.types.base import PageType, SellsNothing

HOUR = timedelta(hours=1)
APP = Path(__file__).parents[2] / "app"


class PoemSettings(SellsNothing, PageSettings):
    verse: str = ""


class PoemForm(PageForm):
    verse: Annotated[str, Field(max_length=200)] = ""

    def settings(self) -> PoemSettings:
        return build(
            PoemSettings,
            {},
            confirmation_message=self.confirmation_message,
            verse=self.verse,
        )

    @classmethod
    def values_of(cls, settings: PageSettings, zone: str) -> dict[str, Any]:
        return {"verse": getattr(settings, "verse", "")}


POEM = PageType(
    name="poem",
    icon="page",
    label=lambda: "Poem",
    description=lambda: "A verse, for a while.",
    settings=PoemSettings,
    form=PoemForm,
    templates="pages/poem",
    updates=lambda _view: [("pages/poem/_verse.html", {})],
)
TEMPLATES = {
    "pages/poem/_main.html": '<div id="page-main" data-stage="{{ view.stage }}">'
    '<h1>{{ page.title }}</h1>{% include "pages/poem/_verse.html" %}'
    '{% if view.phase == "expired" %}{% include "pages/_over.html" %}{% endif %}</div>',
    "pages/poem/_verse.html": '<p id="verse">{{ page.settings.verse }}</p>',
    "pages/poem/_embed.html": '{% include "pages/poem/_verse.html" %}',
    "pages/poem/_fields.html": '{%- from "components/forms.html" import field -%}'
    '{{ field(form, "verse", "Verse") }}',
}


@pytest.fixture
def poems(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The one folder, and the one line."""
    loader = environment.loader
    assert loader is not None
    monkeypatch.setattr(environment, "loader", ChoiceLoader([loader, DictLoader(TEMPLATES)]))
    monkeypatch.setitem(page_types, POEM.name, POEM)
    yield
    assert environment.cache is not None
    environment.cache.clear()


async def test_a_fifth_type_lives_a_whole_life(
    poems: None, owner: Any, client: Any, clock: Any, run_jobs: Any
) -> None:
    assert "A verse, for a while." in (await owner.get("/console/pages/new")).text
    from app.core.ids import new_id

    page_id = new_id()
    made = await owner.post(
        "/console/pages",
        data={"id": str(page_id), "type": "poem", "title": "At dusk", "zone": "UTC"},
    )
    assert made.status_code == 303
    editor = await owner.get(f"/console/pages/{page_id}/edit")
    assert 'name="verse"' in editor.text and 'id="picker"' not in editor.text
    page = await loading.by_id(page_id)
    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    values |= {
        "verse": "They dance an hour.",
        "expires_at": (clock.now() + HOUR).strftime("%Y-%m-%dT%H:%M"),
    }
    wrong = await owner.post(f"/console/pages/{page_id}/edit", data={**values, "verse": "x" * 201})
    assert wrong.status_code == 422 and "At most 200" in wrong.text
    saved = await owner.post(f"/console/pages/{page_id}/edit", data={**values, "intent": "publish"})
    assert saved.status_code == 303
    page = await loading.by_id(page_id)
    for path in ("", "/embed", "/fragments"):
        shown = await client.get(f"/p/{page.short_id}{path}")
        assert shown.status_code == 200 and "They dance an hour." in shown.text
    assert "At dusk" in (await owner.get("/console/pages")).text
    assert "Active" in (await owner.get(f"/console/pages/{page_id}")).text
    await run_jobs()
    clock.advance(HOUR)
    assert "It ended on" in (await client.get(f"/p/{page.short_id}")).text
    await run_jobs()
    clock.advance(timedelta(days=30))
    assert (await client.get(f"/p/{page.short_id}")).status_code == 410


def test_nothing_outside_its_folder_knows_a_types_name() -> None:
    """But for the demo, which makes pages of each, and the registry."""
    names = "|".join(re.escape(name) for name in page_types)
    known = re.compile(rf"""["']({names})["']|from app\.pages\.types\.(?!base)\w+""")
    allowed = ("pages/types/", "demo/")
    found = [
        f"{path.relative_to(APP)}: {match.group()}"
        for path in APP.rglob("*.py")
        if not str(path.relative_to(APP)).startswith(allowed)
        for match in known.finditer(path.read_text())
    ]
    assert found == []


def test_no_template_outside_its_folder_knows_a_types_name() -> None:
    folders = {page_type.templates for page_type in page_types.values()}
    names, places = "|".join(map(re.escape, page_types)), "|".join(folders)
    known = re.compile(rf"""[=n] ["']({names})["']|["']({places})/""")
    root = APP.parent / "templates"
    found = [
        f"{path.relative_to(root)}: {match.group()}"
        for path in root.rglob("*.html")
        if str(path.relative_to(root).parent) not in folders
        for match in known.finditer(path.read_text())
    ]
    assert found == []
