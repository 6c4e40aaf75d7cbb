from datetime import datetime
from typing import Any

import pytest

from app.core.errors import NotFound
from app.core.ids import new_id
from app.products.importing import import_file
from app.products.kinds import FileKind
from app.products.queries import original_files, preview_files, product_files
from app.products.sampling import sample_url
from app.storage.pictures import BadPicture
from tests.factories.products import make_product, picture
from tests.support.wire import wire


async def test_a_visitor_gets_a_sample_and_nothing_else(
    owner: Any, client: Any, now: datetime
) -> None:
    product = await make_product(owner.viewer, now=now)
    await import_file(product, "chapter 1.txt", b"Once upon", now, kind=FileKind.PREVIEW)
    (sample,) = await preview_files(product)
    answer = await client.get(sample_url(sample.id))
    assert answer.status_code == 303
    async with wire() as browser:
        got = await browser.get(answer.headers["location"])
    assert got.content == b"Once upon"
    assert got.headers["content-disposition"].startswith('attachment; filename="chapter 1.txt"')
    (original,) = await original_files(product)
    assert (await client.get(sample_url(original.id))).status_code == 404
    assert (await client.get(sample_url(sample.id)[:-2])).status_code == 403


async def test_what_the_server_brings_is_filed_like_an_upload(owner: Any, now: datetime) -> None:
    product = await make_product(owner.viewer, now=now, files=())
    await import_file(product, "/tmp/a.txt", b"a", now)
    await import_file(product, "b.txt", b"bb", now)
    assert [(file.name, file.size) for file in await original_files(product)] == [
        ("a.txt", 1),
        ("b.txt", 2),
    ]
    for _ in range(2):
        await import_file(product, "c.png", picture(form="PNG"), now, kind=FileKind.COVER)
    (cover,) = await product_files(product, FileKind.COVER)
    assert cover.cover is not None
    with pytest.raises(BadPicture):
        await import_file(product, "c.png", b"nothing", now, kind=FileKind.COVER)
    with pytest.raises(NotFound):
        await import_file(new_id(), "a.txt", b"a", now)
