"""Registrations as CSV: streamed in slices, readable by spreadsheets, and never a formula."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from app.core.replica import replica
from app.core.spreadsheets import BOM, csv_text, phone_cell, safe_cell, time_cell
from app.pages.fields import FieldDefinition
from app.pages.titles import Titled, titles_of
from app.registrations.fields import in_words
from app.registrations.listing import UNKNOWN_PAGE, Filter, export_slice
from app.registrations.queries import Answer, RegistrationView, read_registration

SLICE = 500

COLUMNS = (
    "name",
    "email",
    "phone",
    "places",
    "state",
    "page",
    "registered_at",
    "cancelled_at",
    "checked_in_at",
    "source",
    "consent",
    "consent_at",
)
ANSWERS = "answers"


async def export_registrations(
    group_id: UUID, narrowed: Filter, fields: Sequence[FieldDefinition] | None
) -> AsyncIterator[str]:
    """Yield the CSV of a group's registrations, newest first, header included; times are ISO 8601 in UTC.

    With the `fields` of the one page that it is narrowed to, each question has a column; without, one holds them all.
    """
    questions = [safe_cell(field.label) for field in fields] if fields is not None else [ANSWERS]
    yield BOM + csv_text([(*COLUMNS, *questions)])
    after: tuple[datetime, UUID] | None = None
    while rows := await replica.read(partial(export_slice, group_id, narrowed, after, SLICE)):
        found = [read_registration(row) for row in rows]
        titles = await titles_of({registration.page_id for registration in found})
        yield csv_text([_cells(registration, titles, fields) for registration in found])
        if len(rows) < SLICE:
            return
        after = (found[-1].created_at, found[-1].id)


def _cells(
    registration: RegistrationView,
    titles: dict[UUID, Titled],
    fields: Sequence[FieldDefinition] | None,
) -> tuple[str, ...]:
    return (
        safe_cell(registration.name),
        safe_cell(registration.email),
        phone_cell(registration.phone),
        str(registration.quantity),
        registration.state,
        safe_cell(titles.get(registration.page_id, UNKNOWN_PAGE).title),
        time_cell(registration.created_at),
        time_cell(registration.cancelled_at),
        time_cell(registration.checked_in_at),
        safe_cell(registration.source),
        safe_cell(registration.consent_text),
        time_cell(registration.consent_at),
        *_answers(registration.answers, fields),
    )


def _answers(
    answers: dict[str, Answer], fields: Sequence[FieldDefinition] | None
) -> tuple[str, ...]:
    if fields is None:
        together = "; ".join(f"{key}: {in_words(None, value)}" for key, value in answers.items())
        return (safe_cell(together),)
    return tuple(_answer(answers.get(field.key)) for field in fields)


def _answer(answer: Answer | None) -> str:
    """Return an answer as a cell: numbers as numbers, dates as ISO dates, so that a spreadsheet can count with them."""
    if answer is None:
        return ""
    if isinstance(answer, bool | str):
        return safe_cell(in_words(None, answer))
    return str(answer)
