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
    plain = picture.convert(mode)
    if profile and picture.mode in ("RGB", "RGBA"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            plain = ImageCms.profileToProfile(plain, source, target) or plain
        except ImageCms.PyCMSError:
            pass  # a broken profile: its colours are a guess anyway
    plain.info = {}
    return plain


def _encode(picture: Image.Image, limit: int) -> Picture:
    sized = picture.copy()
    sized.thumbnail((limit, limit * TALLEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    sized.save(out, "WEBP", quality=QUALITY, method=4)
    return Picture(limit, sized.width, sized.height, out.getvalue())
