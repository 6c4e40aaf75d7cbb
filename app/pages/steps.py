"""What the time machine's controls say: a step of its slider, and how the stock stands."""

from enum import StrEnum

# Steps of the slider between two stops of a page's life. No page has so many stops; a form may ask for any number.
STEPS = 100
LAST_STEP = 10_000


class Stand(StrEnum):
    """How the stock stands at the moment that is shown; `now` is as it does in truth."""

    NOW = "now"
    FULL = "full"
    LAST = "last"
    HELD = "held"
    SOLD_OUT = "sold-out"
