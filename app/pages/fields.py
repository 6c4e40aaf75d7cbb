"""Questions that a creator adds to a registration form, as they are stored in a page's settings."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.core.i18n import gettext as _
from app.pages.terms import Strict

MAXIMUM_FIELDS = 20
MAXIMUM_OPTIONS = 50
MAXIMUM_NUMBER = 1_000_000_000
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

Kind = Literal["text", "number", "choice", "checkbox", "date"]
KINDS: tuple[Kind, ...] = ("text", "number", "choice", "checkbox", "date")
Bound = Annotated[int, Field(ge=-MAXIMUM_NUMBER, le=MAXIMUM_NUMBER)]
Label = Annotated[str, Field(min_length=1, max_length=120)]


class FieldDefinition(Strict):
    """One question. `key` names its answer for ever; `min` and `max` bound a number, or a text's length."""

    key: Annotated[str, Field(pattern=rf"^{KEY.pattern}$")]
    label: Label
    kind: Kind
    required: bool = False
    options: Annotated[tuple[Label, ...], Field(max_length=MAXIMUM_OPTIONS)] = ()
    min: Bound | None = None
    max: Bound | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "FieldDefinition":
        if (self.kind == "choice") != bool(self.options):
            raise ValueError(_("A choice needs its options, one a line."))
        if len(set(self.options)) != len(self.options):
            raise ValueError(_("Each option only once, please."))
        bounded = self.kind in ("text", "number")
        if not bounded and (self.min is not None or self.max is not None):
            raise ValueError(_("Only a text or a number has bounds."))
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(_("The smallest value must not be above the largest."))
        if self.kind == "text" and any(b is not None and b < 0 for b in (self.min, self.max)):
            raise ValueError(_("A text can't be shorter than nothing."))
        return self
