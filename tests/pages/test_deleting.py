"""Drafts, unsold products and unused codes can be deleted, pages duplicated; nobody else's, and nothing that was out."""

from datetime import timedelta
from typing import Any

from app.core import db
from app.core.ids import new_id
from app.operations.invariants import inspect
from app.pages import loading
from app.pages.deleting import delete_draft
from app.pages.duplicating import duplicate
from app.pages.erasing import erase_pages
from tests.factories.links import share
from tests.factories.orders import buy, make_sale
from tests.factories.types import make_draft_of, make_event, make_offer

PAGES = "/console/pages"


async def count(table: str) -> int:
    return int(await db.fetch_value(f"SELECT count(*) FROM {table}"))


async def test_a_draft_goes_with_all_that_is_its_own(
    owner: Any, colleague: Any, outsider: Any, now: Any
) -> None:
    page = await make_draft_of(owner.viewer, "flash-sale", now=now, discount_percent=20)
    shown = (await owner.get(f"{PAGES}/{page.id}")).text
    assert "Delete this draft for good?" in shown
    url = f"{PAGES}/{page.id}/removal"
    assert (await outsider.post(url)).status_code == 404
    assert await count("page") == 1
    assert (await colleague.post(url)).status_code == 303, "an editor deletes drafts"
    assert (await owner.post(url)).status_code == 404
    assert [await count(table) for table in ("page", "page_content", "stock")] == [0, 0, 0]
    assert await count("product") == 1
    folder = f"users/{page.user_id}/pages/{page.id}/"
    removed = await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'storage.remove_folder' AND convert_from(payload, 'utf8') LIKE $1",
        f"%{folder}%",
    )
    assert removed == 1


async def test_a_page_that_was_out_is_not_deleted(owner: Any, now: Any) -> None:
    event = await make_event(owner.viewer, now=now)
    later = await make_draft_of(
        owner.viewer, "countdown", now=now, target_at=now + timedelta(days=2), launch_at=now + timedelta(days=1)
    )  # fmt: skip
    for at in ("launch", "draft"):
        await owner.post(f"{PAGES}/{later.id}/publication", data={"at": at})
    for page in (event, later):
        answer = await owner.post(f"{PAGES}/{page.id}/removal")
        assert answer.status_code == 409
        assert "This page has been out" in answer.text
    assert await count("page") == 2


async def test_a_copy_has_everything_but_what_is_past(
    owner: Any, outsider: Any, clock: Any
) -> None:
    event = await make_event(
        owner.viewer, now=clock.now(), starts_in=timedelta(days=2), title="Rowing day"
    )
    url, first, second = f"{PAGES}/{event.id}/copies", new_id(), new_id()
    assert (await outsider.post(url, data={"id": str(new_id())})).status_code == 404
    for _twice in range(2):
        answer = await owner.post(url, data={"id": str(first)})
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (
            303, f"{PAGES}/{first}/edit",
        )  # fmt: skip
    assert await count("page") == 2
    copy = await loading.by_id(first)
    assert copy.title == "Rowing day (copy)"
    assert copy.description == event.description
    assert copy.times.published_at is None
    assert copy.times.expires_at == event.times.expires_at
    assert copy.settings == event.settings
    await duplicate(event, second, owner.viewer, clock.now() + timedelta(days=40))
    late: Any = await loading.by_id(second)
    assert late.times.expires_at is None
    assert late.settings.starts_at is None
    assert late.settings.capacity == 10
    assert await inspect(clock.now()) == []


async def test_a_copy_leaves_the_code_to_its_original(owner: Any, now: Any) -> None:
    offer = await make_offer(owner.viewer, now=now)
    made = new_id()
    await owner.post(f"{PAGES}/{offer.id}/copies", data={"id": str(made)})
    copy: Any = await loading.by_id(made)
    assert copy.settings.code == ""
    assert (await owner.get(f"{PAGES}/{made}/edit")).status_code == 200


async def test_only_an_unsold_product_is_deleted(owner: Any, outsider: Any, now: Any) -> None:
    from tests.factories.products import make_product

    free = await make_product(owner.viewer, now=now)
    url = f"/console/products/{free}/removal"
    assert (await outsider.post(url)).status_code == 404
    assert (await owner.post(url)).status_code == 303
    assert await count("product") == 0
    sale = await make_sale(owner.viewer, now)
    await buy(sale, now)
    sold = await db.fetch_value("SELECT id FROM product")
    refused = await owner.post(f"/console/products/{sold}/removal")
    assert refused.status_code == 409
    assert "Hide it from new pages instead" in refused.text
    assert await count("product") == 1


async def test_only_an_unused_code_is_deleted(owner: Any, outsider: Any, now: Any) -> None:
    from tests.factories.codes import make_code

    code = await make_code(owner.viewer, now=now)
    code_id = await db.fetch_value("SELECT id FROM discount_code")
    assert code is not None
    url = f"/console/codes/{code_id}/removal"
    assert (await outsider.post(url)).status_code == 404
    await db.execute("UPDATE stock SET sold = 1")
    refused = await owner.post(url)
    assert refused.status_code == 409
    assert "Switch it off instead" in refused.text
    await db.execute("UPDATE stock SET sold = 0")
    assert (await owner.post(url)).status_code == 303
    assert [await count("discount_code"), await count("stock")] == [0, 0]


async def test_only_a_link_that_nobody_came_by_is_deleted(
    owner: Any, outsider: Any, colleague: Any, now: Any
) -> None:
    page = await make_draft_of(owner.viewer, "flash-sale", now=now)
    unused = await share(page, now, "poster", discount_percent=10, uses=5)
    stocks = await count("stock")
    url = f"{PAGES}/{page.id}/share-links"
    assert "Delete this link for good?" in (await owner.get(url)).text
    removal = f"{url}/{unused.link.id}/removal"
    assert (await outsider.post(removal)).status_code == 404
    await db.execute("UPDATE share_link SET views = 1")
    refused = await owner.post(removal)
    assert refused.status_code == 409 and "Stop it instead" in refused.text
    assert "Delete this link for good?" not in refused.text
    await db.execute("UPDATE share_link SET views = 0")
    await db.execute("UPDATE stock SET held = 1 WHERE id = (SELECT stock_id FROM share_link)")
    assert (await owner.post(removal)).status_code == 409, "a use is held with a basket"
    await db.execute("UPDATE stock SET held = 0 WHERE id = (SELECT stock_id FROM share_link)")
    assert (await colleague.post(removal)).status_code == 303
    assert await count("share_link") == 0
    assert await count("stock") == stocks - 1
    assert (await owner.post(removal)).status_code == 404


async def test_without_scripts_deleting_asks_first(owner: Any, now: Any) -> None:
    page = await make_draft_of(owner.viewer, "flash-sale", now=now)
    product_id = await db.fetch_value("SELECT id FROM product LIMIT 1")
    for url in (f"{PAGES}/{page.id}", f"/console/products/{product_id}"):
        shown = (await owner.get(url)).text
        plain = shown.split("<noscript>", 1)[1].split("</noscript>", 1)[0]
        assert (
            "Delete for good" in plain and "good?" in plain and f'action="{url}/removal"' in plain
        )


async def _removed_objects() -> str:
    rows = await db.fetch(
        "SELECT convert_from(payload, 'utf8') AS said FROM pgqueuer WHERE entrypoint LIKE 'storage.remove%'"
    )
    return " ".join(row["said"] for row in rows)


async def test_a_cover_that_a_copy_shows_goes_with_the_last_that_shows_it(
    owner: Any, now: Any
) -> None:
    page = await make_draft_of(owner.viewer, "flash-sale", now=now)
    folder = f"users/{page.user_id}/pages/{page.id}/"
    key = f"{folder}assets/{new_id()}"
    await db.execute("UPDATE page SET cover_key = $1, cover_size = 9", key)
    copy_id = new_id()
    await duplicate(await loading.by_id(page.id), copy_id, owner.viewer, now)
    await delete_draft(await loading.by_id(page.id), now)
    assert folder not in await _removed_objects(), "the copy shows it"
    await delete_draft(await loading.by_id(copy_id), now)
    assert key in await _removed_objects()


async def test_erasing_removes_the_folder_of_a_deleted_draft_whose_cover_a_copy_shows(
    owner: Any, now: Any
) -> None:
    page = await make_draft_of(owner.viewer, "flash-sale", now=now)
    folder = f"users/{page.user_id}/pages/{page.id}/"
    await db.execute("UPDATE page SET cover_key = $1, cover_size = 9", f"{folder}assets/x")
    await duplicate(await loading.by_id(page.id), new_id(), owner.viewer, now)
    await delete_draft(await loading.by_id(page.id), now)
    async with db.transaction():
        assert folder in await erase_pages(owner.viewer.organization_id)
