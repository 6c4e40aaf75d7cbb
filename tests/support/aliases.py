"""Names for the types of fixtures."""

from collections.abc import Awaitable, Callable

RunJobs = Callable[[], Awaitable[int]]
