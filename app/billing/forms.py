"""Billing's forms: which plan, at which quoted moment, and whether it is to end."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from app.core.forms import FormModel


class PlanForm(FormModel):
    """A plan that is to be subscribed to."""

    plan: Annotated[str, Field(min_length=1, max_length=40)]


class ChangeForm(FormModel):
    """Another plan, as quoted for the moment `at`; `id` makes it one change, however often it is sent."""

    id: UUID
    plan: Annotated[str, Field(min_length=1, max_length=40)]
    at: AwareDatetime


class EndForm(FormModel):
    ends: Literal["yes", "no"]
