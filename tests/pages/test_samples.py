"""A product's preview files stand on the pages that show it: pictures as pictures, the others as links."""

from datetime import datetime
from typing import Any

import pytest

from app.pages import changing, loading
from app.pages.sharing import preview_url
from app.products.arranging import remove_file
from app.products.importing import import_file
from app.products.kinds import FileKind
from app.products.queries import preview_files, product_cards
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product, picture
from tests.support.wire import wire


async def with_samples(viewer: Any, now: datetime) -> Any:
    product = await make_product(viewer, now=now)
    for name, data, kind in (
        ("look inside.png", picture(form="PNG"), "image/png"),
        ("chapter & 1.txt", b"Once upon", "text/plain"),
    ):
        await import_file(product, name, data, now, kind=FileKind.PREVIEW, content_type=kind)
    return product


def sources(text: str, before: str) -> list[str]:
    return [part.split('"')[0] for part in text.split(before)[1:]]


async def test_pictures_are_shown_and_others_are_links(
    owner: Any, client: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now, products=[await with_samples(owner.viewer, now)])
    text = (await client.get(f"/p/{page.short_id}")).text
    assert 'alt="Preview: look inside.png"' in text
    assert "Preview: chapter &amp; 1.txt (9\u00a0B)" in text
    shown = [src for src in sources(text, 'src="') if src.startswith("/media/")]
    assert len(shown) == 1
    answer = await client.get(shown[0])
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/webp"
    (link,) = [href for href in sources(text, 'href="') if href.startswith("/media/samples/")]
    answer = await client.get(link)
    # Never from the application's own origin, and never shown by the browser.
    assert answer.status_code == 303 and not answer.content
    async with wire() as browser:
        got = await browser.get(answer.headers["location"])
    assert got.content == b"Once upon"
    assert got.headers["content-disposition"].startswith("attachment")


async def test_a_page_without_samples_says_nothing_of_them(
    owner: Any, client: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now)
    assert "Preview" not in (await client.get(f"/p/{page.short_id}")).text


async def test_the_time_machine_shows_them_too(owner: Any, client: Any, now: datetime) -> None:
    draft = await make_draft(
        owner.viewer, now=now, products=[await with_samples(owner.viewer, now)]
    )
    assert "Preview: chapter" in (await client.get(preview_url(draft, now))).text


async def test_the_editor_offers_them_before_the_page_is_saved(owner: Any, now: datetime) -> None:
    product = await with_samples(owner.viewer, now)
    card = (await product_cards([product], now))[product]
    assert [sample.name for sample in card.samples] == ["look inside.png", "chapter & 1.txt"]
    assert [sample.picture is not None for sample in card.samples] == [True, False]


@pytest.mark.parametrize("change", ["added", "removed"])
async def test_a_page_follows_a_change_at_once(
    owner: Any, client: Any, now: datetime, change: str, worker: None
) -> None:
    product = await with_samples(owner.viewer, now)
    page = await make_page(owner.viewer, now=now, products=[product])
    before = (await client.get(f"/p/{page.short_id}")).text
    version = (await loading.by_id(page.id)).version
    if change == "added":
        await import_file(product, "new.txt", b"New", now, kind=FileKind.PREVIEW)
    else:
        await remove_file(product, (await preview_files(product))[0].id, now)
    await changing.follow_product(product, now)
    assert (await loading.by_id(page.id)).version > version
    after = (await client.get(f"/p/{page.short_id}")).text
    assert ("new.txt" in after) is (change == "added")
    assert ("look inside.png" in after) is (change == "added")
    assert "look inside.png" in before and "new.txt" not in before
