"""Bar charts, drawn on the server: plain numbers in, what an SVG element needs out. The words stand beside it, in HTML, so
that they stay readable however narrow the drawing gets."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# The drawing's own units; it is stretched to the place that there is.
WIDTH, HEIGHT = 1000.0, 100.0
# Of its slot, what a bar fills.
FILL = 0.72
MOST_LABELS = 10
# So many parts may be named when there are too many to name each.
GROUPS = (7, 6, 5, 4, 3)


@dataclass(frozen=True)
class Series:
    """One kind of bar: its name for people, its class for the style sheet, a value for each part."""

    label: str
    tone: str
    values: Sequence[int]


@dataclass(frozen=True)
class Bar:
    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Slot:
    """One part of the time: where it is, its bars, and what it says."""

    x: float
    width: float
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """A drawing. `scale` are the words at its side, from top to bottom; `labels` those below it, evenly spread when
    `spread`, else for the first and the last part alone."""

    key: str
    title: str
    summary: str
    series: tuple[Series, ...]
    slots: tuple[Slot, ...]
    scale: tuple[str, ...]
    labels: tuple[str, ...]
    spread: bool


def round_up(value: int, unit: int = 1) -> int:
    """Return an even, round number of `unit`s that is at least `value` and can be halved."""
    needed = max(math.ceil(value / unit), 1)
    step = 10 ** max(len(str(needed)) - 1, 0)
    for tenths in (10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 50, 60, 80, 100):
        top, rest = divmod(tenths * step, 10)
        if top >= needed and not rest and top % 2 == 0:
            return top * unit
    return 20 * step * unit


def bar_chart(
    key: str,
    title: str,
    names: Sequence[str],
    labels: Sequence[str],
    series: Sequence[Series],
    words: Callable[[int], str],
    unit: int = 1,
) -> Chart:
    """Draw the parts side by side, the bars of a part over each other, the largest behind.

    `names` say each part in full, `labels` shortly; `words` writes a value, `unit` is the least step of the scale.
    """
    top = round_up(max((max(each.values, default=0) for each in series), default=0), unit)
    width = WIDTH / max(len(names), 1)
    slots = tuple(
        Slot(
            round(number * width, 2),
            round(width, 2),
            _said(name, number, series, words),
            tuple(_bar(each, number, width, top) for each in series if each.values[number]),
        )
        for number, name in enumerate(names)
    )
    shown, spread = _labels(labels)
    scale = (words(top), words(top // 2), words(0))
    summary = _summary(names, series, words)
    return Chart(key, title, summary, tuple(series), slots, scale, shown, spread)


def _bar(series: Series, number: int, width: float, top: int) -> Bar:
    height = max(HEIGHT * series.values[number] / top, 1.0)
    inside = width * FILL
    x = number * width + (width - inside) / 2
    return Bar(
        series.tone, round(x, 2), round(HEIGHT - height, 2), round(inside, 2), round(height, 2)
    )


def _said(name: str, number: int, series: Sequence[Series], words: Callable[[int], str]) -> str:
    return f"{name}: " + ", ".join(f"{each.label} {words(each.values[number])}" for each in series)


def _summary(names: Sequence[str], series: Sequence[Series], words: Callable[[int], str]) -> str:
    """Say the sum of each series, and where it is highest."""
    parts: list[str] = []
    for each in series:
        highest = max(each.values, default=0)
        peak = (
            f" (max {words(highest)}, {names[list(each.values).index(highest)]})" if highest else ""
        )
        parts.append(f"{each.label}: {words(sum(each.values))}{peak}")
    return ". ".join(parts) + "."


def _labels(labels: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    if len(labels) <= MOST_LABELS:
        return tuple(labels), True
    for groups in GROUPS:
        if len(labels) % groups == 0:
            return tuple(labels[:: len(labels) // groups]), True
    return (labels[0], labels[-1]), False
