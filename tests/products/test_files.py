from typing import Any
from uuid import UUID

import pytest

from app.products.kinds import FileKind
from app.products.queries import original_files, product_files
from app.storage.contract import ObjectMissing
from app.storage.objects import get_store
from tests.factories.products import make_product, picture
from tests.products.uploads import upload

HTMX = {"HX-Request": "true"}
THREE = [("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")]


async def _names(product: UUID) -> str:
    return "".join(file.name[0] for file in await original_files(product))


async def _url(product: UUID, name: str) -> str:
    (file,) = [file for file in await original_files(product) if file.name == name]
    return f"/console/products/{product}/files/{file.id}"


async def test_files_are_put_in_order(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=THREE)
    moves = [("a.txt", "up", "abc"), ("a.txt", "down", "bac"), ("c.txt", "down", "bac")]
    for name, step, order in [*moves, ("c.txt", "up", "bca")]:
        url = await _url(product, name)
        answer = await owner.post(f"{url}/position", data={"step": step}, headers=HTMX)
        assert answer.status_code == 200
        assert '<ul id="files-original"' in answer.text
        assert await _names(product) == order


async def test_a_move_that_is_none_is_refused(owner: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=THREE)
    url = await _url(product, "a.txt")
    for values in ({"step": "sideways"}, {"step": ""}, {"step": "up", "x": "1"}):
        assert (await owner.post(f"{url}/position", data=values)).status_code == 422


async def test_a_removed_file_leaves_the_store(owner: Any, clock: Any, run_jobs: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=THREE)
    url = await _url(product, "b.txt")
    (key,) = [file.object_key for file in await original_files(product) if file.name == "b.txt"]
    assert (await owner.delete(url, headers=HTMX)).status_code == 200
    assert await _names(product) == "ac"
    assert await get_store().stat(key) == 1  # until the commit's job has run
    await run_jobs()
    with pytest.raises(ObjectMissing):
        await get_store().stat(key)
    assert (await owner.delete(url)).status_code == 404


async def test_a_removed_cover_takes_its_pictures_along(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    product = await make_product(owner.viewer, now=clock.now())
    said = {"name": "a.jpg", "kind": "cover", "content_type": "image/jpeg"}
    await upload(owner, product, picture(), **said)
    await run_jobs()
    (cover,) = await product_files(product, FileKind.COVER)
    assert cover.cover is not None
    await owner.delete(f"/console/products/{product}/files/{cover.id}")
    await run_jobs()
    assert (await owner.get(cover.cover.small)).status_code == 404


async def test_an_outsider_reaches_no_file(owner: Any, outsider: Any, clock: Any) -> None:
    product = await make_product(owner.viewer, now=clock.now(), files=THREE)
    own = await make_product(outsider.viewer, now=clock.now())
    url = await _url(product, "a.txt")
    for path in (url, url.replace(str(product), str(own))):
        assert (await outsider.get(f"{path}/content")).status_code == 404
        assert (await outsider.delete(path)).status_code == 404
        moved = await outsider.post(f"{path}/position", data={"step": "down"})
        assert moved.status_code == 404
    assert await _names(product) == "abc"
