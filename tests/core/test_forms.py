from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import EmailStr, Field, field_validator, model_validator

from app.core.forms import FieldError, FormModel, validate


class Example(FormModel):
    name: Annotated[str, Field(min_length=1, max_length=20)]
    email: EmailStr = "a@example.com"
    count: Annotated[int, Field(ge=1, le=10)] = 1
    tags: list[str] = Field(default_factory=list[str])

    @field_validator("name")
    @classmethod
    def _no_robots(cls, value: str) -> str:
        if value == "robot":
            raise ValueError("No robots, please.")
        return value

    @model_validator(mode="after")
    def _together(self) -> "Example":
        if self.name == "solo" and self.count > 1:
            raise FieldError("count", "A solo comes alone.")
        return self


def test_a_valid_form_gives_its_data_trimmed() -> None:
    form = validate(Example, {"name": "  Ada ", "count": "3", "tags": ["a", "b"]})
    assert form.ok
    assert form.data is not None
    assert (form.data.name, form.data.count, form.data.tags) == ("Ada", 3, ["a", "b"])


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({}, "name", "fill this in"),
        ({"name": ""}, "name", "fill this in"),
        ({"name": "x" * 21}, "name", "At most 20"),
        ({"name": "Ada", "count": "0"}, "count", "At least 1"),
        ({"name": "Ada", "count": "11"}, "count", "At most 10"),
        ({"name": "Ada", "count": "many"}, "count", "whole number"),
        ({"name": "Ada", "count": "9" * 5000}, "count", ""),
        ({"name": "Ada", "email": "nope"}, "email", "@"),
        ({"name": "robot"}, "name", "No robots"),
        ({"name": "solo", "count": "2"}, "count", "comes alone"),
        ({"name": "Ada", "evil": "1"}, "", "Unknown field: evil"),
        ({"name": "A\x00da"}, "name", "characters"),
        ({"name": "A\ud800"}, "name", "characters"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    values: dict[str, Any], field: str, words: str
) -> None:
    form = validate(Example, values)
    assert not form.ok
    assert words in (form.error(field) or "")
    assert form.error(field) is not None
    assert form.values == values


@given(st.dictionaries(st.sampled_from(["name", "email", "count", "x"]), st.text(max_size=30)))
def test_no_input_raises(values: dict[str, Any]) -> None:
    form = validate(Example, values)
    assert form.ok or form.errors
