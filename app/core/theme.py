"""Colours, font and corners of a visitors' page: presets, contrast, and the stylesheet made of them.

A creator picks four colours for light surroundings. What else `static/css/page.css` needs (muted text, lines, text on the
accent, a dark variant) is derived, and moved in lightness until text reaches the contrast of WCAG 2.1 AA.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from coloraide import Color

from app.core.i18n import gettext as _

Font = Literal["system", "humanist", "geometric", "serif", "slab", "mono"]
Radius = Literal["none", "small", "medium", "large"]

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
# A derived colour aims a little higher, so that rounding to eight bits never falls short.
AIM = TEXT_CONTRAST + 0.1

HEX = re.compile(r"#[0-9a-f]{6}")

FONT_STACKS: dict[Font, str] = {
    "system": '-apple-system,"Segoe UI Variable Text","Segoe UI",Roboto,Inter,"Helvetica Neue",Arial,system-ui,sans-serif',
    "humanist": 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"Open Sans","DejaVu Sans",sans-serif',
    "geometric": 'Avenir,"Avenir Next",Montserrat,Corbel,"URW Gothic",Futura,sans-serif',
    "serif": 'Charter,"Iowan Old Style","Bitstream Charter","Sitka Text",Cambria,Georgia,"Liberation Serif",serif',
    "slab": 'Rockwell,"Rockwell Nova","Roboto Slab","DejaVu Serif","Sitka Small",serif',
    "mono": 'ui-monospace,"Cascadia Code","JetBrains Mono",Menlo,Consolas,"Liberation Mono",monospace',
}
RADII: dict[Radius, str] = {"none": "0px", "small": "6px", "medium": "12px", "large": "20px"}


@dataclass(frozen=True)
class Theme:
    """Colours are `#rrggbb` in lower case. Raises ValueError naming the field on anything else."""

    background: str
    surface: str
    text: str
    accent: str
    font: Font = "system"
    radius: Radius = "medium"

    def __post_init__(self) -> None:
        for field in ("background", "surface", "text", "accent"):
            if not HEX.fullmatch(getattr(self, field)):
                raise ValueError(f"{field} is not a colour of the form #rrggbb")
        if self.font not in FONT_STACKS:
            raise ValueError("font is not a known font")
        if self.radius not in RADII:
            raise ValueError("radius is not a known radius")


PRESETS: dict[str, Theme] = {
    "river": Theme("#f5f7f6", "#ffffff", "#13211e", "#0d5c50"),
    "dusk": Theme("#f6f5fb", "#ffffff", "#1d1a2f", "#5140b3", "geometric", "large"),
    "ember": Theme("#fbf6f3", "#ffffff", "#2a1912", "#b23c17", "humanist"),
    "meadow": Theme("#f3f8ee", "#ffffff", "#1a2413", "#3d6b1f", "serif", "small"),
    "harbour": Theme("#f2f6fa", "#ffffff", "#0f1f33", "#0f5ea8", "system", "small"),
    "night": Theme("#121016", "#1d1a24", "#f3eff8", "#f2b84b", "geometric", "medium"),
}
DEFAULT = PRESETS["river"]
# The latest stylesheets, of about a kilobyte each.
MOST_KEPT = 1024
_known: OrderedDict[Theme, str] = OrderedDict()


def font_label(font: Font) -> str:
    """Return the name of a font stack for people."""
    plain: dict[Font, str] = {
        "system": _("System"),
        "humanist": _("Humanist"),
        "geometric": _("Geometric"),
    }
    return {**plain, "serif": _("Serif"), "slab": _("Slab serif"), "mono": _("Monospaced")}[font]


def _color(text: str) -> "Color":
    # Only where a page's colours are worked out is the time and memory of the package taken.
    from coloraide import Color

    return Color(text)


def contrast(a: str, b: str) -> float:
    """Return the WCAG 2.1 contrast ratio of two colours, 1 to 21."""
    return float(_color(a).contrast(b, method="wcag21"))


def check(theme: Theme) -> list[tuple[str, str, float]]:
    """Return (field, message, ratio) for every pair of the creator's colours that is too close; empty when all is well."""
    pairs = (
        (
            "text",
            theme.text,
            theme.background,
            TEXT_CONTRAST,
            _("The text is hard to read on this background."),
        ),
        (
            "text",
            theme.text,
            theme.surface,
            TEXT_CONTRAST,
            _("The text is hard to read on the cards."),
        ),
        (
            "accent",
            theme.accent,
            theme.background,
            SHAPE_CONTRAST,
            _("The accent is hard to see on this background."),
        ),
        (
            "accent",
            theme.accent,
            theme.surface,
            SHAPE_CONTRAST,
            _("The accent is hard to see on the cards."),
        ),
    )
    found = [(field, message, contrast(a, b), bound) for field, a, b, bound, message in pairs]
    return [
        (field, message, round(ratio, 2)) for field, message, ratio, bound in found if ratio < bound
    ]


def _hex(color: "Color") -> str:
    return color.convert("srgb").fit().to_string(hex=True)


def _mix(a: str, b: str, share: float) -> str:
    """Return `a` with `share` of `b` in it."""
    return _hex(_color(a).mix(b, share, space="oklab"))


def _is_dark(colour: str) -> bool:
    return contrast(colour, "#ffffff") > contrast(colour, "#000000")


def _readable(colour: str, *grounds: str) -> str:
    """Return `colour`, moved towards black or white until it reads on every ground."""
    towards = max(
        ("#000000", "#ffffff"), key=lambda end: min(contrast(end, ground) for ground in grounds)
    )
    for step in range(51):
        moved = _mix(colour, towards, step / 50)
        if min(contrast(moved, ground) for ground in grounds) >= AIM:
            return moved
    return towards


def _darkened(theme: Theme) -> Theme:
    """Return the theme for dark surroundings: the same hues, light on dark."""
    ground, card, ink = (
        _color(colour)
        .convert("oklch")
        .set({"lightness": lightness, "chroma": lambda c: min(c, 0.02)})
        for colour, lightness in (
            (theme.background, 0.18),
            (theme.background, 0.225),
            (theme.text, 0.94),
        )
    )
    accent = (
        _color(theme.accent)
        .convert("oklch")
        .set("lightness", lambda lightness: max(lightness, 0.78))
    )
    return Theme(_hex(ground), _hex(card), _hex(ink), _hex(accent), theme.font, theme.radius)


def _properties(theme: Theme) -> str:
    grounds = (theme.background, theme.surface)
    soft = _mix(theme.surface, theme.accent, 0.13)
    on_accent = max(
        ("#ffffff", _mix(theme.accent, "#000000", 0.8)), key=lambda c: contrast(c, theme.accent)
    )
    warn, bad, good = (
        ("#f0b763", "#ff9d94", "#74d99a")
        if _is_dark(theme.background)
        else ("#8a4b06", "#b3261e", "#17693a")
    )
    values = {
        "bg": theme.background,
        "surface": theme.surface,
        "text": _readable(theme.text, *grounds, soft),
        "muted": _readable(_mix(theme.text, theme.background, 0.4), *grounds, soft),
        "line": _mix(theme.surface, theme.text, 0.14),
        "accent": theme.accent,
        "accent-text": _readable(theme.accent, *grounds, soft),
        "on-accent": _readable(on_accent, theme.accent),
        "accent-soft": soft,
        "warn": _readable(warn, *grounds),
        "bad": _readable(bad, *grounds),
        "good": _readable(good, *grounds),
    }
    return ";".join(f"--{name}:{value}" for name, value in values.items())


def known_css(theme: Theme) -> str | None:
    """Return a stylesheet that was made lately."""
    if (css := _known.get(theme)) is not None:
        _known.move_to_end(theme)
    return css


def theme_css(theme: Theme) -> str:
    """Return the stylesheet of a page with this theme, from memory if it can be: to derive its colours costs 30 ms."""
    if (css := known_css(theme)) is None:
        css = _known[theme] = _made_css(theme)
        while len(_known) > MOST_KEPT:
            _known.popitem(last=False)
    return css


def _made_css(theme: Theme) -> str:
    """Return the stylesheet of a page with this theme, about 900 bytes. A theme that is dark already stays so everywhere."""
    shape = f"--font:{FONT_STACKS[theme.font]};--radius:{RADII[theme.radius]}"
    if _is_dark(theme.background):
        own = _properties(theme)
        return f":root{{color-scheme:dark;{own};{shape}}}\n@media (prefers-color-scheme:dark){{:root{{{own}}}}}\n"
    dark = _properties(_darkened(theme))
    return f":root{{{_properties(theme)};{shape}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
