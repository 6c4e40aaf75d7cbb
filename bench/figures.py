"""One line a figure: `name | figure | bound | ok`, or `short`."""

import operator
from collections.abc import Callable, Sequence

SEPARATOR = " | "
OK, SHORT, INFO = "ok", "short", "-"

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}


def report(name: str, figure: float, comparison: str, bound: float, unit: str = "") -> None:
    """Print a figure that must stand in `comparison` to `bound`."""
    verdict = OK if _COMPARISONS[comparison](figure, bound) else SHORT
    _line(name, _number(figure, unit), f"{comparison} {_number(bound, unit)}", verdict)


def inform(name: str, figure: float, unit: str = "") -> None:
    """Print a figure that has no bound and explains one that has."""
    _line(name, _number(figure, unit), INFO, INFO)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def _line(*parts: str) -> None:
    print(SEPARATOR.join(parts), flush=True)


def _number(value: float, unit: str) -> str:
    if value == int(value):
        text = f"{int(value):,}"
    else:
        text = f"{value:,.4f}" if abs(value) < 0.01 else f"{value:,.2f}"
    return f"{text} {unit}".rstrip()
