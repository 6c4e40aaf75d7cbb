"""The form of a rehearsal."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.forms import Form, FormModel
from app.core.ids import new_id

MOST_PEOPLE = 500
MOST_PIECES = 20

Rush = Literal["crowd", "groups", "line"]
# How many come at a time.
AT_ONCE: dict[Rush, int] = {"crowd": 50, "groups": 10, "line": 1}


class RehearsalForm(FormModel):
    """`id` makes two submissions one rehearsal; `fickle` is in per cent."""

    id: UUID
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
    rush: Rush
    pieces: Annotated[int, Field(ge=1, le=MOST_PIECES)]
    fickle: Annotated[int, Field(ge=0, le=100)]


def fresh_form() -> Form[RehearsalForm]:
    return Form(
        values={
            "id": str(new_id()),
            "people": "100",
            "rush": "crowd",
            "pieces": "1",
            "fickle": "10",
        }
    )
