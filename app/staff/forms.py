"""The forms of the staff area."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.core.forms import FormModel

LONGEST_REASON = 1000


class SuspensionForm(FormModel):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON)]


class GivePlanForm(FormModel):
    plan: Annotated[str, StringConstraints(min_length=1, max_length=40)]


Share = Annotated[int, Field(ge=0, le=100)]


class NewFlagForm(FormModel):
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    percentage: Share


class ShareForm(FormModel):
    percentage: Share


class FlagForForm(FormModel):
    organization: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    to: Literal["on", "off"]
