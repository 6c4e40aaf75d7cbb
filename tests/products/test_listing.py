from datetime import timedelta
from typing import Any, cast

import asyncpg
import pytest

from app.products.activating import deactivate
from app.products.queries import PAGE_SIZE, list_products
from tests.factories.products import make_product

HTMX = {"HX-Request": "true"}
STATEMENTS = 6


async def _shelf(owner: Any, clock: Any) -> None:
    viewer, now = owner.viewer, clock.now()
    await make_product(viewer, now=now, name="Active 100%")
    await make_product(viewer, now=now, name="Soon_over", expires_at=now + timedelta(hours=1))
    hidden = await make_product(viewer, now=now, name="Hidden")
    await deactivate(viewer, hidden, now)


async def test_nothing_there_says_what_to_do(owner: Any) -> None:
    answer = await owner.get("/console/products")
    assert answer.status_code == 200
    assert "No products yet" in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Active 100%", "Soon_over", "Hidden"}),
        ("?state=active", {"Active 100%", "Soon_over"}),
        ("?state=inactive", {"Hidden"}),
        ("?state=expired", set[str]()),
        ("?q=HID", {"Hidden"}),
        ("?q=100%25", {"Active 100%"}),
        ("?q=%25", {"Active 100%"}),
        ("?q=_", {"Soon_over"}),
        ("?q=%5C", set[str]()),
        ("?q=%00&state=nonsense&page=-3", {"Active 100%", "Soon_over", "Hidden"}),
        ("?page=999999999999999999999", {"Active 100%", "Soon_over", "Hidden"}),
    ],
)
async def test_search_and_filter(owner: Any, clock: Any, query: str, found: set[str]) -> None:
    await _shelf(owner, clock)
    for headers in ({}, HTMX):
        answer = await owner.get(f"/console/products{query}", headers=headers)
        assert answer.status_code == 200
        assert ("<html" in answer.text) is not bool(headers)
        names = {"Active 100%", "Soon_over", "Hidden"}
        assert {name for name in names if f"<b>{name}</b>" in answer.text} == found


async def test_expiry_is_a_matter_of_the_moment(owner: Any, clock: Any) -> None:
    await _shelf(owner, clock)
    later = clock.now() + timedelta(hours=1)
    listed = await list_products(owner.viewer.group_id, later, state="expired")
    assert [card.name for card in listed.cards] == ["Soon_over"]
    assert listed.counts == {"active": 1, "inactive": 1, "expired": 1}


async def test_pages(owner: Any, clock: Any) -> None:
    for number in range(PAGE_SIZE + 1):
        await make_product(owner.viewer, now=clock.now(), name=f"No {number}", files=())
    first = await list_products(owner.viewer.group_id, clock.now())
    last = await list_products(owner.viewer.group_id, clock.now(), page=99)
    assert (len(first.cards), first.pages) == (PAGE_SIZE, 2)
    assert ([card.name for card in last.cards], last.page) == (["No 0"], 2)
    assert 'page=2"' in (await owner.get("/console/products")).text


async def test_a_list_takes_few_statements(
    owner: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _shelf(owner, clock)
    sent: list[str] = []
    kind = cast(Any, asyncpg.Connection)
    execute = kind._execute

    async def counting(self: Any, query: str, *arguments: Any, **options: Any) -> Any:
        sent.append(query)
        return await execute(self, query, *arguments, **options)

    monkeypatch.setattr(kind, "_execute", counting)
    await owner.get("/console/products?q=a")
    assert 1 <= len(sent) <= STATEMENTS, sent
