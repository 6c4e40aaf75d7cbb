"""The creator's own questions, as the editor's columns of equal length and as stored definitions."""

import secrets
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.pages.fields import MAXIMUM_NUMBER, FieldDefinition

# One column of the form each; a row whose label is empty is no question.
COLUMNS = (
    "field_key",
    "field_label",
    "field_kind",
    "field_required",
    "field_options",
    "field_min",
    "field_max",
)
YES, NO = "yes", "no"


def read_questions(columns: Sequence[Sequence[str]]) -> tuple[FieldDefinition, ...]:
    """Return the questions of the form's `columns`, in the order of COLUMNS.

    Raises FieldError beside `field_label-<row>`, or beside `field_label` when the columns don't fit together.
    """
    if len({len(column) for column in columns}) > 1:
        raise FieldError("field_label", _("These questions can't be read."))
    rows = list(enumerate(zip(*columns, strict=True)))
    return tuple(_question(index, *row) for index, row in rows if row[1])


def _question(
    index: int, key: str, label: str, kind: str, required: str, options: str, low: str, high: str
) -> FieldDefinition:
    named = f"field_label-{index}"
    bounded = kind in ("text", "number")
    values: dict[str, Any] = {
        "key": key or f"q{secrets.token_hex(4)}",
        "label": label,
        "kind": kind,
        "required": required == YES,
        "options": tuple(line.strip() for line in options.splitlines() if line.strip())
        if kind == "choice"
        else (),
        "min": _bound(f"field_min-{index}", low) if bounded else None,
        "max": _bound(f"field_max-{index}", high) if bounded else None,
    }
    try:
        return FieldDefinition.model_validate(values)
    except ValidationError as error:
        cause = (error.errors()[0].get("ctx") or {}).get("error")
        words = str(cause) if cause else _("That can't be accepted here.")
        raise FieldError(named, words) from error


def _bound(named: str, text: str) -> int | None:
    if not text:
        return None
    digits = text.removeprefix("-")
    whole = digits.isascii() and digits.isdigit() and len(digits) <= 10
    if not whole or abs(int(text)) > MAXIMUM_NUMBER:
        raise FieldError(named, _("Please enter a whole number."))
    return int(text)


def columns_of(fields: Sequence[FieldDefinition]) -> dict[str, list[str]]:
    """Return the form's columns for stored questions."""
    rows = [
        (
            field.key,
            field.label,
            field.kind,
            YES if field.required else NO,
            "\n".join(field.options),
            "" if field.min is None else str(field.min),
            "" if field.max is None else str(field.max),
        )
        for field in fields
    ]
    return {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}
