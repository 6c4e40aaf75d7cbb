"""A type's own rows in the editor: put in order, removed, and nothing stored until it is saved."""

from datetime import datetime
from typing import Any

import pytest

from app.pages import loading
from tests.factories.pages import make_draft
from tests.factories.types import make_draft_of
from tests.pages.test_console import editor

HTMX = {"HX-Request": "true"}
QUESTIONS = [
    {"key": "a", "label": "Diet", "kind": "text"},
    {"key": "b", "label": "Size", "kind": "choice", "options": ["S", "L"]},
    {"key": "c", "label": "Age", "kind": "number", "min": 3},
]


@pytest.mark.parametrize(
    ("row", "order"),
    [
        ("up:1", "Size Diet Age"),
        ("down:1", "Diet Age Size"),
        ("remove:0", "Size Age"),
        ("add", "Diet Size Age"),
        ("up:0", "Diet Size Age"),
        ("down:2", "Diet Size Age"),
        ("remove:9", "Diet Size Age"),
        ("remove:x", "Diet Size Age"),
    ],
)
async def test_rows_move_whole_and_are_stored_when_saved(
    owner: Any, outsider: Any, now: datetime, row: str, order: str
) -> None:
    page = await make_draft_of(owner.viewer, "event-registration", now=now, fields=QUESTIONS)
    url, sent = f"/console/pages/{page.id}", editor(page, row=row)
    assert (await outsider.post(f"{url}/rows", data=sent)).status_code == 404
    answer = await owner.post(f"{url}/rows", data=sent, headers=HTMX)
    assert answer.status_code == 200 and 'id="questions"' in answer.text
    places = {label: answer.text.find(f'value="{label}"') for label in order.split()}
    assert -1 not in places.values()
    assert sorted(places, key=lambda label: places[label]) == order.split()
    if row == "remove:0":
        assert 'value="Diet"' not in answer.text
    assert (await loading.by_id(page.id)).version == page.version
    plain = await owner.post(f"{url}/rows", data=sent)
    assert plain.status_code == 200 and 'id="page-editor"' in plain.text


async def test_a_type_without_rows_has_none(owner: Any, now: datetime) -> None:
    page = await make_draft(owner.viewer, now=now)
    answer = await owner.post(f"/console/pages/{page.id}/rows", data=editor(page, row="up:1"))
    assert answer.status_code == 404
