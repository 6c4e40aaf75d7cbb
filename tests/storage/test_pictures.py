import io
import struct
import zlib

import pytest
from PIL import Image

from app.storage.pictures import BadPicture, make_pictures
from tests.factories.products import picture


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


async def test_two_sizes_as_webp() -> None:
    large, small = await make_pictures(picture(2400, 1200))
    assert (large.width, large.height) == (1200, 600)
    assert (small.width, small.height) == (400, 200)
    assert _opened(large.data).format == _opened(small.data).format == "WEBP"


async def test_small_pictures_are_not_enlarged() -> None:
    large, _ = await make_pictures(picture(300, 200, "PNG"))
    assert (large.width, large.height) == (300, 200)


async def test_a_tall_picture_stays_within_bounds() -> None:
    large, small = await make_pictures(picture(100, 30_000, "PNG"))
    assert large.height <= 3600
    assert small.height <= 1200


async def test_metadata_is_stripped_and_the_picture_turned_upright() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # a phone held upright: turn by 90 degrees
    exif[0x010F] = "Spy Camera"
    Image.new("RGB", (800, 400), "#ffffff").save(out, "JPEG", exif=exif)
    large, _ = await make_pictures(out.getvalue())
    assert (large.width, large.height) == (400, 800)
    assert not _opened(large.data).getexif()
    assert b"Spy Camera" not in large.data


async def test_transparency_is_kept() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    large, _ = await make_pictures(out.getvalue())
    assert _opened(large.data).mode == "RGBA"


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(8000, 5001), (60_000, 60_000)])
async def test_a_bomb_is_refused_by_its_head(width: int, height: int) -> None:
    with pytest.raises(BadPicture) as refused:
        await make_pictures(_png_claiming(width, height))
    assert refused.value.reason == "pixels"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:300],
        _png_claiming(100, 100),
    ],
)
async def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        await make_pictures(data)
    assert refused.value.reason == "picture"


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF"])
async def test_other_formats_are_refused(form: str) -> None:
    with pytest.raises(BadPicture):
        await make_pictures(picture(form=form))
