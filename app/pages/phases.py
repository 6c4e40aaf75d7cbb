"""What a page can do for a visitor: its state, and within the active one how its stock stands."""

from enum import StrEnum


class Phase(StrEnum):
    """`selling` to `sold-out` are the active state. `held`: all that is left lies in other baskets."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SELLING = "selling"
    HELD = "held"
    SOLD_OUT = "sold-out"
    PAUSED = "paused"
    EXPIRED = "expired"
