"""Small things that unfold into large ones: archives, packed bodies, pictures, forms with endless parts."""

import gzip
import hashlib
import io
import shutil
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from datetime import datetime
from typing import Any

import httpx
import pytest
from PIL import Image

from app.core import db
from app.storage.pictures import BadPicture, make_pictures
from tests.factories.products import make_product
from tests.products.uploads import upload
from tests.support.wire import wire

MIB = 1024 * 1024
FORM = "application/x-www-form-urlencoded"


def _zip_bomb() -> bytes:
    """Thirty files of a mebibyte each in some kilobytes, and all that once more inside."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30):
            archive.writestr(f"../../{number}", bytes(MIB))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", inner.getvalue())
    return outer.getvalue()


def _refuse(*_: object, **__: object) -> None:
    raise AssertionError("something was unpacked")


async def test_an_archive_is_never_unpacked(
    owner: Any, now: datetime, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is bytes like any others: kept, checked by their digest, and handed out as they came."""
    bomb = _zip_bomb()
    product = await make_product(owner.viewer, now=now, files=())
    for module, name in (
        (zipfile.ZipFile, "open"),
        (zipfile.ZipFile, "extractall"),
        (tarfile, "open"),
        (shutil, "unpack_archive"),
        (gzip, "decompress"),
    ):
        monkeypatch.setattr(module, name, _refuse)
    answer = await upload(owner, product, bomb, name="all.zip", content_type="application/zip")
    assert answer.status_code == 200, answer.text
    await run_jobs()
    row = await db.fetch_one("SELECT id, size, sha256 FROM file")
    assert row is not None
    assert (row["size"], row["sha256"]) == (len(bomb), hashlib.sha256(bomb).hexdigest())
    led = await owner.get(f"/console/products/{product}/files/{row['id']}/content")
    async with wire() as store:
        assert (await store.get(led.headers["location"])).content == bomb
    # The control: it would have been seen.
    with (
        zipfile.ZipFile(io.BytesIO(bomb)) as archive,
        pytest.raises(AssertionError, match="unpacked"),
    ):
        archive.open("inner.zip")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
async def test_a_packed_body_is_not_unpacked(client: httpx.AsyncClient, coding: str) -> None:
    """Else a kilobyte could be a gigabyte once the limit on bodies has been passed."""
    bomb = gzip.compress(b"email=a%40example.com&password=" + b"a" * 50 * MIB)
    headers = {"Content-Type": FORM, "Content-Encoding": coding}
    tracemalloc.start()
    answer = await client.post("/login", content=bomb, headers=headers)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code in (400, 415, 422)
    assert most < 20 * MIB


async def test_a_form_of_endless_parts_is_refused(client: httpx.AsyncClient) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    for content, headers in (
        (part * 15_000 + b"--x--\r\n", multipart),
        (b"a=&" * 300_000, {"Content-Type": FORM}),
        (b"a[" * 300_000, {"Content-Type": FORM}),
    ):
        assert len(content) < MIB
        answer = await client.post("/login", content=content, headers=headers)
        assert answer.status_code in (400, 413, 422)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_with(kind: bytes, data: bytes) -> bytes:
    """A picture of one colour with a chunk of `data` behind its head."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#336699").save(out, "PNG")
    plain = out.getvalue()
    head = 8 + 25
    return plain[:head] + _chunk(kind, data) + plain[head:]


PACKED = zlib.compress(bytes(100 * MIB), 9)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"zTXt", b"Comment\x00\x00" + PACKED),
        (b"iTXt", b"Comment\x00\x01\x00\x00\x00" + PACKED),
        (b"iCCP", b"sRGB\x00\x00" + PACKED),
    ],
)
async def test_what_is_packed_into_a_picture_stays_packed(kind: bytes, data: bytes) -> None:
    """A hundred mebibytes of text or profile in a picture of some pixels: it is left out, or the picture is refused."""
    picture = _png_with(kind, data)
    assert len(picture) < MIB
    tracemalloc.start()
    try:
        large, _small = await make_pictures(picture)
        assert (large.width, large.height) == (60, 40)
    except BadPicture as refused:
        assert refused.reason in ("picture", "pixels")
    finally:
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 20 * MIB
