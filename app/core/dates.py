"""Babel's formats of dates and times, with one kind of no-break space that every font shows.

CLDR joins "8:00" and "PM" by U+202F, a narrow space that many fonts draw without width. U+00A0 takes its place.
Nothing else imports `babel.dates` (`tests/core/test_dates.py`).
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from babel import dates

P = ParamSpec("P")


def _visible(form: Callable[P, str]) -> Callable[P, str]:
    @wraps(form)
    def formatted(*args: P.args, **kwargs: P.kwargs) -> str:
        return form(*args, **kwargs).replace("\u202f", "\u00a0")

    return formatted


format_date = _visible(dates.format_date)
format_datetime = _visible(dates.format_datetime)
format_skeleton = _visible(dates.format_skeleton)
format_time = _visible(dates.format_time)
format_timedelta = _visible(dates.format_timedelta)
get_datetime_format = dates.get_datetime_format
