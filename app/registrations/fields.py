"""Answers to the questions that a creator added: read from what was typed, and shown again as text."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.dates import format_date
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.pages.fields import MAXIMUM_NUMBER, FieldDefinition
from app.registrations.queries import Answer

PREFIX = "answer_"
CHECKED = "on"
LONGEST_TEXT = 1000
_NUMBER = re.compile(r"-?[0-9]{1,10}([.,][0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class WrongAnswer(ValueError):
    """An answer that does not fit its question; the message is for the person who typed it."""


def field_name(field: FieldDefinition) -> str:
    """Return the name of a question's control in a form."""
    return f"{PREFIX}{field.key}"


def read_answers(
    fields: Sequence[FieldDefinition], typed: Mapping[str, str]
) -> tuple[dict[str, Answer], dict[str, str]]:
    """Return the answers by key, and what is wrong by control name. `typed` is by control name.

    A question that was left out has no answer; one that must be answered and is not, an error.
    """
    answers: dict[str, Answer] = {}
    wrong: dict[str, str] = {}
    for field in fields:
        text = typed.get(field_name(field), "").strip()
        try:
            answer = _read(field, text) if text else None
        except WrongAnswer as error:
            wrong[field_name(field)] = str(error)
            continue
        if answer is not None:
            answers[field.key] = answer
        elif field.required:
            wrong[field_name(field)] = _missing(field)
    return answers, wrong


def _missing(field: FieldDefinition) -> str:
    return _("Please tick this.") if field.kind == "checkbox" else _("Please fill this in.")


def _read(field: FieldDefinition, text: str) -> Answer:
    return {
        "text": _text,
        "number": _number,
        "choice": _choice,
        "checkbox": _checkbox,
        "date": _day,
    }[field.kind](field, text)


def _text(field: FieldDefinition, text: str) -> str:
    shortest, longest = field.min or 0, min(field.max or LONGEST_TEXT, LONGEST_TEXT)
    if len(text) < shortest:
        raise WrongAnswer(_("At least %(n)s characters, please.", n=shortest))
    if len(text) > longest:
        raise WrongAnswer(_("At most %(n)s characters, please.", n=longest))
    return text


def _number(field: FieldDefinition, text: str) -> int | float:
    if not _NUMBER.fullmatch(text):
        raise WrongAnswer(_("Please enter a number."))
    number = Decimal(text.replace(",", "."))
    smallest = -MAXIMUM_NUMBER if field.min is None else field.min
    largest = MAXIMUM_NUMBER if field.max is None else field.max
    if number < smallest:
        raise WrongAnswer(_("At least %(n)s, please.", n=smallest))
    if number > largest:
        raise WrongAnswer(_("At most %(n)s, please.", n=largest))
    return int(number) if number == number.to_integral_value() else float(number)


def _choice(field: FieldDefinition, text: str) -> str:
    if text not in field.options:
        raise WrongAnswer(_("Please choose one of the options."))
    return text


def _checkbox(_field: FieldDefinition, text: str) -> bool:
    if text != CHECKED:
        raise WrongAnswer(_("Please choose yes or no."))
    return True


def _day(_field: FieldDefinition, text: str) -> str:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongAnswer(_("Please enter a date.")) from None


def typed_of(fields: Sequence[FieldDefinition], answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return answers as a form's values, by control name."""
    found: dict[str, str] = {}
    for field in fields:
        answer = answers.get(field.key)
        if answer is not None and answer is not False:
            found[field_name(field)] = CHECKED if answer is True else str(answer)
    return found


def labelled(
    fields: Sequence[FieldDefinition], answers: Mapping[str, Answer]
) -> list[tuple[str, str]]:
    """Return (question, answer) in words, in the creator's order, then answers to questions no longer asked."""
    known = {field.key: field for field in fields}
    ordered = [key for key in known if key in answers]
    ordered += [key for key in answers if key not in known]
    return [
        (known[key].label if key in known else key, in_words(known.get(key), answers[key]))
        for key in ordered
    ]


def in_words(field: FieldDefinition | None, answer: Answer) -> str:
    """Return one answer as people read it, in the current language."""
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    if field is not None and field.kind == "date":
        return format_date(date.fromisoformat(str(answer)), "medium", current_language.get())
    return str(answer)


def control(field: FieldDefinition) -> dict[str, Any]:
    """Return what a template needs of a question's control besides its words: its attributes."""
    bounds = {"min": field.min, "max": field.max}
    if field.kind == "number":
        return {"inputmode": "decimal", "step": "any", **bounds}
    if field.kind == "text":
        return {"minlength": field.min, "maxlength": min(field.max or LONGEST_TEXT, LONGEST_TEXT)}
    return {}
