"""Pictures for the demo: mayflies over a river, drawn at each start-up of a fresh installation rather than kept as files."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageColor, ImageDraw, ImageFont

# Everything is drawn twice as large and made smaller once: that smooths all edges.
OVERSAMPLE = 2
SHEET = (900, 1273)

Point = tuple[float, float]
Stops = Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Palette:
    """Colours from top to bottom; `hills` from far to near."""

    sky: Stops
    sun: str
    hills: tuple[str, str, str]
    water: Stops
    wings: str


DUSK = Palette(
    ((0, "#123b43"), (0.45, "#2f7f78"), (0.8, "#f2c38b"), (1, "#f9e0b4")),
    "#fff3d6",
    ("#86b09b", "#3c7d74", "#134a48"),
    ((0, "#f3d6a6"), (0.35, "#4f9389"), (1, "#0c2f31")),
    "#ffffff",
)
MIST = Palette(
    ((0, "#8fa9c4"), (0.5, "#c9d3e0"), (1, "#f6ece6")),
    "#fffaf2",
    ("#c3cddb", "#94a8bd", "#5d7690"),
    ((0, "#e9e4e4"), (0.5, "#a9bacb"), (1, "#54708c")),
    "#ffffff",
)
NIGHT = Palette(
    ((0, "#0b1030"), (0.6, "#27306b"), (1, "#6a5aa8")),
    "#f7efff",
    ("#3a3b7a", "#22255a", "#10133a"),
    ((0, "#8476bd"), (0.4, "#2f3374"), (1, "#0a0d2a")),
    "#e9e4ff",
)


def scene(width: int, height: int, palette: Palette, turn: float = 0.0) -> Image.Image:
    """Return a river under `palette`; `turn` moves hills and insects, so that no two sheets are alike."""
    w, h = width * OVERSAMPLE, height * OVERSAMPLE
    shore = round(h * 0.72)
    picture = Image.new("RGB", (w, h))
    picture.paste(_gradient(palette.sky, w, shore), (0, 0))
    picture.paste(_gradient(palette.water, w, h - shore), (0, shore))
    draw = ImageDraw.Draw(picture)
    x, radius = w * (0.67 + 0.1 * math.sin(turn)), min(w, h) * 0.14
    draw.circle((x, shore - radius * 0.55), radius, palette.sun)
    for depth, colour in enumerate(palette.hills):
        draw.polygon(_hill(w, h, shore, depth, turn), colour)
    picture.paste(_gradient(palette.water, w, h - shore), (0, shore))
    _glints(draw, x, shore, h, palette.sun)
    for place, (left, top, size) in enumerate(
        ((0.3, 0.36, 0.2), (0.52, 0.22, 0.1), (0.17, 0.56, 0.07), (0.84, 0.34, 0.08))
    ):
        drift = 0.05 * math.sin(turn * 2 + place)
        _insect(draw, (w * (left + drift), h * (top - drift)), min(w, h) * size, place, palette)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _gradient(stops: Stops, width: int, height: int) -> Image.Image:
    column = Image.new("RGB", (1, height))
    for y in range(height):
        column.putpixel((0, y), _between(stops, y / max(1, height - 1)))
    return column.resize((width, height))


def _between(stops: Stops, place: float) -> tuple[int, int, int]:
    for (start, first), (end, second) in pairwise(stops):
        if place <= end:
            part = (place - start) / (end - start)
            ends = zip(ImageColor.getrgb(first)[:3], ImageColor.getrgb(second)[:3], strict=True)
            red, green, blue = (round(a + (b - a) * part) for a, b in ends)
            return red, green, blue
    red, green, blue = ImageColor.getrgb(stops[-1][1])[:3]
    return red, green, blue


def _hill(w: int, h: int, shore: int, depth: int, turn: float) -> list[Point]:
    base = shore - h * (0.12 - 0.045 * depth)
    swing, waves = h * (0.05 - 0.012 * depth), 1.3 + depth * 0.5
    ridge: list[Point] = []
    for step in range(0, w + 1, 8):
        angle = step / w * math.tau
        ridge.append(
            (
                step,
                base
                + swing * math.sin(waves * angle + 1.9 * depth + turn)
                + swing * 0.35 * math.sin(3.1 * waves * angle + depth - turn),
            )
        )
    return [*ridge, (w, shore), (0, shore)]


def _glints(draw: ImageDraw.ImageDraw, x: float, shore: int, h: int, colour: str) -> None:
    for row, (shift, half) in enumerate(
        ((0, 0.075), (0.012, 0.05), (-0.02, 0.065), (0.03, 0.03), (0, 0.02))
    ):
        y = shore + h * (0.025 + 0.035 * row)
        start, end = x + h * (shift - half), x + h * (shift + half)
        draw.line((start, y, end, y), colour, max(2, h // 160))


# Half a wing each, as control points of a cubic curve from the body and back, in units of the insect's size.
_BACK: tuple[Point, ...] = ((0, 0), (-0.3, -0.16), (-0.6, -0.5), (-0.64, -0.92))
_BACK_HOME: tuple[Point, ...] = ((-0.64, -0.92), (-0.22, -0.82), (0.06, -0.46), (0.08, -0.06))
_FRONT: tuple[Point, ...] = ((0.04, -0.02), (0, -0.44), (0.2, -0.78), (0.64, -0.92))
_FRONT_HOME: tuple[Point, ...] = ((0.64, -0.92), (0.74, -0.54), (0.5, -0.16), (0.04, -0.02))
_TAILS: tuple[tuple[Point, ...], ...] = (
    ((0.04, 0), (-0.02, 0.28), (-0.2, 0.54), (-0.52, 0.78)),
    ((0.04, 0), (0.06, 0.3), (0, 0.58), (-0.12, 0.86)),
)


def _curve(points: Sequence[Point], centre: Point, size: float, tilt: float) -> list[Point]:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    cosine, sine = math.cos(tilt) * size, math.sin(tilt) * size
    found: list[Point] = []
    for step in range(17):
        t = step / 16
        s = 1 - t
        x = s**3 * ax + 3 * s * s * t * bx + 3 * s * t * t * cx + t**3 * dx
        y = s**3 * ay + 3 * s * s * t * by + 3 * s * t * t * cy + t**3 * dy
        found.append((centre[0] + x * cosine - y * sine, centre[1] + x * sine + y * cosine))
    return found


def _insect(
    draw: ImageDraw.ImageDraw, centre: Point, size: float, place: int, palette: Palette
) -> None:
    tilt = (0, 0.25, -0.2, 0.35)[place % 4]
    back = [*_curve(_BACK, centre, size, tilt), *_curve(_BACK_HOME, centre, size, tilt)]
    front = [*_curve(_FRONT, centre, size, tilt), *_curve(_FRONT_HOME, centre, size, tilt)]
    paler = _between(((0, palette.wings), (1, palette.sky[1][1])), 0.45)
    draw.polygon(back, paler)
    draw.polygon(front, palette.wings)
    for tail in _TAILS:
        draw.line(
            _curve(tail, centre, size, tilt), palette.wings, max(2, round(size / 22)), "curve"
        )


def cover(palette: Palette, turn: float = 0.0) -> bytes:
    """Return a cover picture as PNG."""
    out = io.BytesIO()
    scene(1200, 900, palette, turn).save(out, "PNG")
    return out.getvalue()


def sheets(title: str, palette: Palette, number: int) -> bytes:
    """Return a PDF of `number` printable sheets."""
    pages = [_sheet(title, palette, place, number) for place in range(number)]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=110, title=title)
    return out.getvalue()


def _sheet(title: str, palette: Palette, place: int, number: int) -> Image.Image:
    width, height = SHEET
    sheet = Image.new("RGB", SHEET, "#fbfaf6")
    sheet.paste(scene(width - 120, height - 300, palette, 1.1 * place), (60, 60))
    draw = ImageDraw.Draw(sheet)
    draw.text((60, height - 190), title, "#13211e", ImageFont.load_default(38))
    draw.text(
        (60, height - 130), f"Sheet {place + 1} of {number}", "#566661", ImageFont.load_default(24)
    )
    return sheet
