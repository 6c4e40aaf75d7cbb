"""Pictures of every mode that cameras, scanners and programs write keep their look, whatever their profile is worth."""

import io
import struct
import zlib
from typing import Any, cast

import pytest
from PIL import Image, ImageCms

from app.storage.pictures import make_pictures

SIZE = (64, 8)
COLOUR = (200, 100, 50)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PROFILES = {
    "none": None,
    "good": SRGB,
    "nonsense": b"no profile at all" * 20,
    "cut off": SRGB[:200],
    "emptied": SRGB[:128] + bytes(len(SRGB) - 128),
    "of another kind": ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
}


def _saved(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **{name: each for name, each in options.items() if each is not None})
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _deep_png(colour_type: int, *channels: int, transparent: int | None = None) -> bytes:
    """Return a PNG of 16 bits a channel, which Pillow reads and does not write."""
    width, height = SIZE
    row = b"\0" + struct.pack(f">{len(channels)}H", *channels) * width
    head = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    trns = b"" if transparent is None else _chunk(b"tRNS", struct.pack(">H", transparent))
    body = _chunk(b"IDAT", zlib.compress(row * height))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + trns + body + _chunk(b"IEND", b"")


async def _seen(data: bytes) -> tuple[int, ...]:
    large, _small = await make_pictures(data)
    picture = Image.open(io.BytesIO(large.data))
    assert picture.size == SIZE
    return cast(tuple[int, ...], picture.getpixel((20, 4)))


def _near(found: tuple[int, ...], wanted: tuple[int, ...], by: int = 6) -> bool:
    return len(found) == len(wanted) and all(
        abs(one - other) <= by for one, other in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_profile_refuses_no_picture(form: str, profile: bytes | None) -> None:
    seen = await _seen(_saved(Image.new("RGB", SIZE, COLOUR), form, icc_profile=profile))
    assert _near(seen, COLOUR)


async def test_grey_of_sixteen_bits_is_no_white() -> None:
    grey = Image.new("I;16", SIZE)
    grey.putdata([column * 1040 for _row in range(8) for column in range(64)])
    for profile in (None, b"no profile at all"):
        seen = await _seen(_saved(grey, icc_profile=profile))
        assert _near(seen, (20 * 1040 // 257,) * 3)


DEEP = {
    "grey": (_deep_png(0, 100 * 257), (100, 100, 100)),
    "grey, transparent": (_deep_png(0, 100 * 257, transparent=100 * 257), (100, 100, 100, 0)),
    "colours": (_deep_png(2, 200 * 257, 100 * 257, 50 * 257), COLOUR),
    "grey and alpha": (_deep_png(4, 100 * 257, 128 * 257), (100, 100, 100, 128)),
    "colours and alpha": (
        _deep_png(6, 200 * 257, 100 * 257, 50 * 257, 128 * 257),
        (*COLOUR, 128),
    ),
}


@pytest.mark.parametrize(("data", "wanted"), DEEP.values(), ids=DEEP)
async def test_sixteen_bits_become_eight(data: bytes, wanted: tuple[int, ...]) -> None:
    assert _near(await _seen(data), wanted)


def _palette(**options: Any) -> bytes:
    return _saved(Image.new("RGB", SIZE, COLOUR).quantize(4), **options)


ODD = {
    "palette": (_palette(), COLOUR),
    "palette, one colour transparent": (_palette(transparency=0), (*COLOUR, 0)),
    "palette, half transparent": (_palette(transparency=bytes([128])), (*COLOUR, 128)),
    "palette with a profile": (_palette(transparency=0, icc_profile=SRGB), (*COLOUR, 0)),
    "one colour transparent": (
        _saved(Image.new("RGB", SIZE, COLOUR), transparency=COLOUR),
        (*COLOUR, 0),
    ),
    "black and white": (_saved(Image.new("1", SIZE, 1)), (255, 255, 255)),
    "grey": (_saved(Image.new("L", SIZE, 100)), (100, 100, 100)),
    "grey with a profile of colours": (
        _saved(Image.new("L", SIZE, 100), icc_profile=SRGB),
        (100, 100, 100),
    ),
    "grey and alpha": (_saved(Image.new("LA", SIZE, (100, 128))), (100, 100, 100, 128)),
    "CMYK": (_saved(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
    "CMYK with a broken profile": (
        _saved(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG", icc_profile=b"x" * 200),
        (255, 0, 0),
    ),
}


@pytest.mark.parametrize(("data", "wanted"), ODD.values(), ids=ODD)
async def test_odd_modes_keep_their_look(data: bytes, wanted: tuple[int, ...]) -> None:
    assert _near(await _seen(data), wanted)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_is_turned_upright_in_every_format(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = _saved(Image.new("RGB", (SIZE[1], SIZE[0]), COLOUR), form, exif=exif)
    assert _near(await _seen(data), COLOUR)
