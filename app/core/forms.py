"""Forms: what was typed is kept, what is wrong stands beside its field, and the answer is 422 with HTML.

A form is a pydantic model of strings as browsers send them. Unknown fields are refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast, get_origin

from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from pydantic import BaseModel, ConfigDict, ValidationError

from app.core.errors import BadRequest, TooLarge
from app.core.i18n import gettext as _
from app.core.text import clean_text

FORM_LEVEL = ""
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
MAXIMUM_VALUE_LENGTH = 100_000
# More than the largest form of ours has, and few enough to be validated in no time.
MAXIMUM_FIELDS = 1_000
MAXIMUM_NAME_LENGTH = 200
# So many unknown fields are named in the answer.
UNKNOWN_NAMED = 5
_SURROGATE = re.compile("[\ud800-\udfff]")


class FormModel(BaseModel):
    """Base of all forms: strings are trimmed, unknown fields refused. A field of type `list[...]` may repeat."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Verbatim:
    """Marks a field that is taken to the letter, such as a password. All others are cleaned (`core/text.py`)."""


Model = TypeVar("Model", bound=FormModel)


class FieldError(ValueError):
    """Raise in a validator, or catch from a domain function, to put `message` beside `field`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass
class Form(Generic[Model]):
    """What a template shows: `values` as typed, `errors` by field ("" for the whole form); `data` when it is valid."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    errors: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    data: Model | None = None

    @property
    def ok(self) -> bool:
        return not self.errors and self.data is not None

    def value(self, name: str) -> str:
        found = self.values.get(name, "")
        return str(found[0] if found else "") if isinstance(found, list) else str(found)

    def all(self, name: str) -> list[str]:
        found = self.values.get(name, [])
        return (
            [str(item) for item in cast(list[Any], found)]
            if isinstance(found, list)
            else [str(found)]
        )

    def error(self, name: str) -> str | None:
        return self.errors[name][0] if self.errors.get(name) else None

    def add(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def take(self, error: FieldError) -> None:
        self.add(error.field, error.message)


def _messages() -> dict[str, Callable[[dict[str, Any]], str]]:
    # pydantic's error types in the words of people who fill in forms.
    return {
        "missing": lambda c: _("Please fill this in."),
        "string_too_short": lambda c: (
            _("Please fill this in.")
            if c["min_length"] == 1
            else _("At least %(n)s characters, please.", n=c["min_length"])
        ),
        "string_too_long": lambda c: _("At most %(n)s characters, please.", n=c["max_length"]),
        "int_parsing": lambda c: _("Please enter a whole number."),
        "int_from_float": lambda c: _("Please enter a whole number."),
        "int_parsing_size": lambda c: _("That number is too large."),
        "bool_parsing": lambda c: _("Please choose yes or no."),
        "uuid_parsing": lambda c: _("That is not a known id."),
        "greater_than_equal": lambda c: _("At least %(n)s, please.", n=c["ge"]),
        "less_than_equal": lambda c: _("At most %(n)s, please.", n=c["le"]),
        "greater_than": lambda c: _("More than %(n)s, please.", n=c["gt"]),
        "literal_error": lambda c: _("Please choose one of the options."),
        "enum": lambda c: _("Please choose one of the options."),
        "too_short": lambda c: _("Please choose at least %(n)s.", n=c["min_length"]),
        "too_long": lambda c: _("Please choose at most %(n)s.", n=c["max_length"]),
        "string_pattern_mismatch": lambda c: _("That does not have the right form."),
        "extra_forbidden": lambda c: _("This field is not known here."),
    }


def _message(error: Mapping[str, Any]) -> str:
    context = cast(dict[str, Any], error.get("ctx") or {})
    if make := _messages().get(error["type"]):
        return make(context)
    cause = context.get("error")
    if isinstance(cause, ValueError) and str(cause):
        return str(cause)
    if error["type"] == "value_error":
        # email-validator's reasons are written for people.
        return cast(str, error["msg"]).removeprefix("value is not a valid email address: ")
    return _("That can't be read here.")


def validate(model: type[Model], values: dict[str, Any]) -> Form[Model]:
    """Validate `values` (str, or list[str] for fields that repeat) against `model`."""
    form: Form[Model] = Form(values=values)
    for name, value in values.items():
        texts = cast(list[str], value) if isinstance(value, list) else [cast(str, value)]
        if any("\x00" in text or _has_surrogate(text) for text in (*texts, name)):
            form.add(
                name if name in model.model_fields else FORM_LEVEL,
                _("That contains characters that can't be kept."),
            )
        if any(len(text) > MAXIMUM_VALUE_LENGTH for text in texts):
            form.add(name if name in model.model_fields else FORM_LEVEL, _("That is too long."))
    if form.errors:
        return form
    try:
        form.data = model.model_validate(_cleaned(model, values))
    except ValidationError as error:
        for item in error.errors():
            cause = (item.get("ctx") or {}).get("error")
            name = (
                cause.field
                if isinstance(cause, FieldError)
                else str(item["loc"][0] if item["loc"] else FORM_LEVEL)
            )
            if item["type"] == "extra_forbidden":
                if len(form.errors.get(FORM_LEVEL, ())) < UNKNOWN_NAMED:
                    form.add(FORM_LEVEL, _("Unknown field: %(name)s.", name=name[:80]))
            else:
                form.add(name, _message(item))
    return form


def _cleaned(model: type[FormModel], values: Mapping[str, Any]) -> dict[str, Any]:
    verbatim = {
        name
        for name, declared in model.model_fields.items()
        if any(isinstance(mark, Verbatim) for mark in declared.metadata)
    }
    return {
        name: value
        if name in verbatim
        else [clean_text(text) for text in cast(list[str], value)]
        if isinstance(value, list)
        else clean_text(value)
        for name, value in values.items()
    }


def _has_surrogate(text: str) -> bool:
    return _SURROGATE.search(text) is not None


def _repeats(model: type[FormModel], name: str) -> bool:
    declared = model.model_fields.get(name)
    return declared is not None and get_origin(declared.annotation) is list


async def read_pairs(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """Return the names and values of the request's form, in order.

    Raises BadRequest (400) when it is no form at all, TooLarge (413).
    """
    if request.content_type[0] not in FORM_TYPES:
        raise BadRequest(_("Please send a form."))
    try:
        # Counted before it is parsed: parts of `multipart/form-data` are limited by the application's own setting.
        if (await request.body()).count(b"&") >= MAXIMUM_FIELDS and _is_urlencoded(request):
            raise TooLarge
        sent: FormMultiDict = await request.form()
    except RequestEntityTooLarge as error:
        raise TooLarge from error
    except (ClientException, ValueError, LookupError) as error:
        # LookupError: a part names a character set that does not exist.
        raise BadRequest from error
    pairs: list[tuple[str, str]] = []
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            raise BadRequest(_("Files are uploaded to the object store, not here."))
        if len(name) > MAXIMUM_NAME_LENGTH:
            raise BadRequest
        pairs.append((name, value))
    return pairs


def _is_urlencoded(request: Request[Any, Any, Any]) -> bool:
    return request.content_type[0] == FORM_TYPES[0]


async def read_form(request: Request[Any, Any, Any], model: type[Model]) -> Form[Model]:
    """Read and validate the request's form. Raises as `read_pairs`."""
    values: dict[str, Any] = {}
    for name, value in await read_pairs(request):
        if _repeats(model, name):
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return validate(model, values)
