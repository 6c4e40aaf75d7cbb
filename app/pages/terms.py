"""What every page type's settings share: safe addresses, and what becomes of a page after its end."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from app.core.forms import FieldError
from app.core.hosts import is_public_name
from app.core.i18n import gettext as _
from app.core.rendering import header_url

MAXIMUM_URL_LENGTH = 2000
MAXIMUM_TEXT_LENGTH = 2000
MAXIMUM_DAYS = 3650
MAXIMUM_QUANTITY = 1_000_000
# How many places one registration may ask for at the most, whatever its event says.
MAXIMUM_GROUP = 50


# Given where somebody types: what is stored already is read as it is.
TYPED = {"typed": True}


def _https(url: str, info: ValidationInfo) -> str:
    parts = urlsplit(url)
    unusual = any(ord(character) <= 32 or character in '\\"<>' for character in url)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or unusual:
        raise ValueError(_("Please enter a complete address that begins with https://."))
    try:
        _port = parts.port
    except ValueError as error:
        raise ValueError(_("The port in this address is not a port.")) from error
    if info.context == TYPED and not is_public_name(parts.hostname):
        raise ValueError(
            _("Please enter an address that everybody can reach, like https://example.com.")
        )
    # As a Location header can carry it; browsers read a percent-encoded host as the name that was typed.
    return header_url(url)


HttpsUrl = Annotated[str, Field(max_length=MAXIMUM_URL_LENGTH), AfterValidator(_https)]
ShortText = Annotated[str, Field(max_length=MAXIMUM_TEXT_LENGTH)]


class Strict(BaseModel):
    """Stored settings: unknown keys are refused, values never change in place."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageSettings(Strict):
    """What every type has; each type adds its own."""

    confirmation_message: ShortText = ""


class Afterlife(Strict):
    """What an expired page shows: its message, another address, or the page that follows it.

    After `gone_after_days` it answers 410; None is never.
    """

    action: Literal["message", "redirect", "successor"] = "message"
    message: ShortText = ""
    url: HttpsUrl | None = None
    gone_after_days: int | None = Field(default=30, ge=0, le=MAXIMUM_DAYS)

    @model_validator(mode="after")
    def _redirect_needs_an_address(self) -> "Afterlife":
        if self.action == "redirect" and self.url is None:
            raise FieldError("after_url", _("Please enter where to send visitors."))
        return self


Model = TypeVar("Model", bound=BaseModel)


def build(model: type[Model], fields: Mapping[str, str], /, **values: object) -> Model:
    """Make a stored model of what a form holds. `fields` names the form's field of a setting where they differ.

    Raises FieldError beside the first field that is wrong.
    """
    try:
        return model.model_validate(values, context=TYPED)
    except ValidationError as error:
        first = error.errors()[0]
        cause = (first.get("ctx") or {}).get("error")
        if isinstance(cause, FieldError):
            raise cause from error
        setting = ".".join(str(part) for part in first["loc"])
        message = str(cause) if cause else _("That can't be accepted here.")
        raise FieldError(fields.get(setting, setting), message) from error
