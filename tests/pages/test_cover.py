"""The page's cover: only a real picture gets there, and it reaches visitors web-sized."""

import re
from typing import Any

import pytest

from app.pages import loading
from tests.factories.pages import make_draft, make_page
from tests.factories.products import picture
from tests.support.wire import wire


async def upload(owner: Any, page: Any, data: bytes, content_type: str = "image/jpeg") -> Any:
    """Upload `data` as a browser does; return the answer to its completion."""
    url = f"/console/pages/{page.id}/cover"
    sent = {"name": "river.jpg", "size": str(len(data)), "content_type": content_type}
    begun = await owner.post(url, data=sent)
    assert begun.status_code == 201, begun.text
    plan = begun.json()
    async with wire() as browser:
        for part in plan["parts"]:
            answer = await browser.put(part["url"], content=data)
            assert answer.status_code == 200
    return await owner.post(plan["complete_url"], data={"etags": "[]"})


async def test_a_picture_becomes_the_cover_and_is_replaced_and_removed(
    owner: Any, client: Any, now: Any, run_jobs: Any
) -> None:
    page = await make_page(owner.viewer, now=now)
    done = await upload(owner, page, picture())
    assert done.status_code == 200 and 'id="file-cover"' in done.text
    first = await loading.by_id(page.id)
    assert first.cover_key
    assert first.cover_key.startswith(f"users/{page.user_id}/pages/{page.id}/assets/")
    html = (await client.get(f"/p/{page.short_id}/fragments")).text
    found = re.search(r'class="cover" src="([^"]+)"', html)
    assert found
    shown = await client.get(found.group(1))
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/webp"
    assert (await upload(owner, page, picture(colour="#990000"))).status_code == 200
    await run_jobs()
    second = await loading.by_id(page.id)
    assert second.cover_key != first.cover_key
    assert (await owner.delete(f"/console/pages/{page.id}/cover")).status_code == 303
    assert (await loading.by_id(page.id)).cover is None


async def test_what_is_no_picture_is_refused(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now)
    assert (await upload(owner, page, b"<svg onload=alert(1)>")).status_code == 422
    url = f"/console/pages/{page.id}/cover"
    for bad in (
        {"name": "x.html", "size": "10", "content_type": "text/html"},
        {"name": "x.jpg", "size": "99999999999", "content_type": "image/jpeg"},
        {"name": "x.jpg", "size": "-1", "content_type": "image/jpeg"},
        {"name": "x.jpg", "size": "10", "content_type": "image/jpeg", "more": "1"},
    ):
        assert (await owner.post(url, data=bad)).status_code == 422
    assert (await loading.by_id(page.id)).cover_key is None


@pytest.mark.parametrize(("method", "path"), [("POST", "cover"), ("DELETE", "cover")])
async def test_an_outsider_cannot_touch_it(
    owner: Any, outsider: Any, now: Any, method: str, path: str
) -> None:
    page = await make_draft(owner.viewer, now=now)
    assert (await upload(owner, page, picture())).status_code == 200
    sent = {"name": "x.jpg", "size": "10", "content_type": "image/jpeg"}
    url = f"/console/pages/{page.id}/{path}"
    answer = await outsider.request(method, url, data=sent if method == "POST" else None)
    assert answer.status_code == 404
    assert (await loading.by_id(page.id)).cover_key


async def test_an_outsider_cannot_finish_an_upload(owner: Any, outsider: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now)
    sent = {"name": "x.jpg", "size": "10", "content_type": "image/jpeg"}
    plan = (await owner.post(f"/console/pages/{page.id}/cover", data=sent)).json()
    assert (await outsider.post(plan["complete_url"], data={})).status_code == 404
    assert (await outsider.delete(plan["abort_url"])).status_code == 404
    assert (await owner.delete(plan["abort_url"])).status_code == 200
