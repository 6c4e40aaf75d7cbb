"""Uploading in a real browser: several files at once, and going on after the connection broke."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Response, Route

from app.auth.cookies import session_cookies
from app.auth.sessions import start_session
from app.products.kinds import FileKind
from app.products.queries import original_files, product_files
from app.storage.objects import get_store
from tests.factories.products import make_product, picture
from tests.support.browsing import PATIENCE_MS

pytestmark = pytest.mark.system

MEBIBYTE = 1024 * 1024


@pytest.fixture
async def console(owner: Any, clock: Any, web_server: str, browser: Browser) -> AsyncIterator[Page]:
    """A page of a browser in which the owner is logged in."""
    tokens = await start_session(owner.viewer.user_id, clock.now(), ip="127.0.0.1", user_agent="")
    context = await browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    await context.add_cookies(
        [
            {"name": cookie.key, "value": cookie.value or "", "url": web_server}
            for cookie in session_cookies(tokens)
        ]
    )
    yield await context.new_page()
    await context.close()


async def test_several_files_and_a_cover(
    owner: Any, clock: Any, console: Page, worker: None, web_server: str, tmp_path: Path
) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    contents = {"a “quoted” name.txt": b"first", "größer.bin": os.urandom(9 * MEBIBYTE)}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "cover.png").write_bytes(picture(form="PNG"))
    await console.goto(f"{web_server}/console/products/{product}")
    await console.set_input_files("#files-original-input", [tmp_path / name for name in contents])
    await console.set_input_files("#files-cover-input", tmp_path / "cover.png")
    await console.wait_for_selector("#files-original .ready >> nth=1")
    await console.wait_for_selector("#files-cover img")
    for file in await original_files(product):
        assert await get_store().read(file.object_key, 10 * MEBIBYTE) == contents[file.name]
    assert len(await product_files(product, FileKind.COVER)) == 1


async def test_choosing_the_file_again_sends_only_what_is_missing(
    owner: Any, clock: Any, console: Page, web_server: str, tmp_path: Path
) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=())
    big = tmp_path / "film.bin"
    big.write_bytes(os.urandom(12 * MEBIBYTE))
    stored: list[str] = []
    broken = True

    async def line(route: Route) -> None:
        if broken and "partNumber=2" in route.request.url:
            await route.abort()
        else:
            await route.continue_()

    def note(response: Response) -> None:
        if response.request.method == "PUT" and response.ok:
            stored.append(response.url.split("partNumber=")[1].split("&")[0])

    await console.route("**/*partNumber=*", line)
    console.on("response", note)
    await console.goto(f"{web_server}/console/products/{product}")
    await console.set_input_files("#files-original-input", big)
    await console.wait_for_selector("text=connection was lost")
    while stored != ["1"]:
        await console.wait_for_timeout(20)
    console.on("dialog", lambda dialog: dialog.accept())
    await console.reload()
    broken = False
    await console.set_input_files("#files-original-input", big)
    await console.wait_for_selector("#files-original .ready")
    assert stored == ["1", "2"]
    (file,) = await original_files(product)
    assert await get_store().read(file.object_key, 13 * MEBIBYTE) == big.read_bytes()
