"""Sizes for people."""

from babel.numbers import format_decimal

from app.core.i18n import current_language

STEP = 1000


def size_text(size: int) -> str:
    """Return `size` bytes in the unit that reads best, for the current language: "1.2 MB"."""
    value, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < STEP:
            break
        value, unit = value / STEP, larger
    places = "#,##0.#" if unit not in ("B", "kB") else "#,##0"
    return f"{format_decimal(value, places, current_language.get())}\u00a0{unit}"
