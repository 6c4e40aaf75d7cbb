"""Decoding a picture that somebody uploaded, and drawing it anew: what `pictures.py` promises, by Pillow."""

import io

from PIL import Image, ImageCms, ImageOps

from app.storage.pictures import TALLEST, WIDTHS, BadPicture, Picture

MAXIMUM_PIXELS = 40_000_000
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")


def decode(data: bytes) -> list[Picture]:
    """Return `data` in each of WIDTHS. Raises BadPicture."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            # Only the head is read so far: a bomb is refused before it unfolds.
            if opened.width * opened.height > MAXIMUM_PIXELS:
                raise BadPicture("pixels")
            opened.draft("RGB", (WIDTHS[0] * 2, WIDTHS[0] * 2 * TALLEST))
            upright = ImageOps.exif_transpose(_shrink(opened, WIDTHS[0]))
            picture = _plain(upright)
    except Image.DecompressionBombError as error:
        raise BadPicture("pixels") from error
    except BadPicture:
        raise
    except Exception as error:
        # Pillow's decoders raise whatever the damage leads them to.
        raise BadPicture("picture") from error
    return [_encode(picture, limit) for limit in WIDTHS]


def _shrink(picture: Image.Image, limit: int) -> Image.Image:
    # Before turning it upright the longer side may be either one.
    picture.thumbnail((limit * TALLEST, limit * TALLEST), Image.Resampling.LANCZOS)
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, in sRGB: no EXIF, no profile, no further frames."""
    profile = picture.info.get("icc_profile")
    transparent = "A" in picture.getbands() or "transparency" in picture.info
    mode = "RGBA" if transparent else "RGB"
    plain = _converted(picture, profile, mode) if profile else None
    if plain is None:
        plain = _eight_bits(picture).convert(mode)
    plain.info = {}
    return plain


def _converted(picture: Image.Image, profile: bytes, mode: str) -> Image.Image | None:
    """Return the picture with the colours that its profile means, or None where the profile is broken or of another
    kind of picture: then its colours are a guess anyway."""
    source_mode = {"RGB": mode, "RGBA": mode, "P": mode, "CMYK": "CMYK", "L": "L"}.get(picture.mode)
    if source_mode is None:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(
            picture.convert(source_mode),
            source,
            target,
            outputMode=mode if mode == source_mode else "RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a grey picture of 16 bits with 8: Pillow's own conversion cuts off everything above 255, so that it turns
    white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _encode(picture: Image.Image, limit: int) -> Picture:
    sized = picture.copy()
    sized.thumbnail((limit, limit * TALLEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    sized.save(out, "WEBP", quality=QUALITY, method=4)
    return Picture(limit, sized.width, sized.height, out.getvalue())
