"""What the console's forms send. A page's form is its type's; this is what all types have."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from app.core import theme as themes
from app.core.forms import FieldError, FormModel
from app.core.i18n import gettext as _
from app.core.i18n import languages
from app.core.local_times import Fold
from app.core.zones import ZoneName
from app.pages.steps import LAST_STEP, Stand
from app.pages.terms import MAXIMUM_DAYS, MAXIMUM_QUANTITY, Afterlife, PageSettings, build

MAXIMUM_CONTENTS = 20


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


# Put around `… | None`: bounds inside then hold for numbers alone.
EmptyIsNone = BeforeValidator(_empty_is_none)


Step = Annotated[Annotated[int, Field(ge=0, le=LAST_STEP)] | None, EmptyIsNone]


class NewPageForm(FormModel):
    """The choice of a type; `id` was made when the form was shown, so that sending it twice makes one page."""

    id: UUID
    type: Annotated[str, Field(max_length=40)]
    title: Annotated[str, Field(min_length=1, max_length=120)]
    zone: ZoneName = "UTC"


class PageForm(FormModel):
    """The editor. Products come as lists of equal length, in the order they are shown.

    A type with rows of its own names their columns in `rows` and the fragment that shows them in `rows_template`.
    """

    rows: ClassVar[tuple[str, ...]] = ()
    rows_template: ClassVar[str] = ""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    description: Annotated[str, Field(max_length=20_000)] = ""
    language: Annotated[str, Field(max_length=12)] = "en"
    zone: ZoneName = "UTC"
    launch_at: Annotated[str, Field(max_length=40)] = ""
    launch_at_fold: Fold = ""
    expires_at: Annotated[str, Field(max_length=40)] = ""
    expires_at_fold: Fold = ""
    background: Annotated[str, Field(max_length=20)] = themes.DEFAULT.background
    surface: Annotated[str, Field(max_length=20)] = themes.DEFAULT.surface
    text: Annotated[str, Field(max_length=20)] = themes.DEFAULT.text
    accent: Annotated[str, Field(max_length=20)] = themes.DEFAULT.accent
    font: themes.Font = "system"
    radius: themes.Radius = "medium"
    confirmation_message: Annotated[str, Field(max_length=2000)] = ""
    after_action: Literal["message", "redirect", "successor"] = "message"
    after_message: Annotated[str, Field(max_length=2000)] = ""
    after_url: Annotated[str, Field(max_length=2000)] = ""
    after_days: Annotated[Annotated[int, Field(ge=0, le=MAXIMUM_DAYS)] | None, EmptyIsNone] = None
    erase_after_days: Annotated[
        Annotated[int, Field(ge=0, le=MAXIMUM_DAYS)] | None, EmptyIsNone
    ] = None
    item: Annotated[list[UUID], Field(max_length=MAXIMUM_CONTENTS)] = []
    item_amount: Annotated[list[str], Field(max_length=MAXIMUM_CONTENTS)] = []
    item_quantity: Annotated[list[str], Field(max_length=MAXIMUM_CONTENTS)] = []
    # What the button says: keep it, say first what visitors will notice, bring it out, or only move an item ("up:1"), add or remove one.
    intent: Literal["save", "check", "publish", "schedule"] = "save"
    pick: Annotated[str, Field(max_length=40)] = ""
    add: Annotated[str, Field(max_length=40)] = ""
    preset: Annotated[str, Field(max_length=40)] = ""
    row: Annotated[str, Field(max_length=40)] = ""
    # What the time machine beside it shows.
    moment: Step = None
    stock: Stand = Stand.NOW

    def settings(self) -> PageSettings:
        """Return the type's settings. Raises FieldError."""
        raise NotImplementedError

    @classmethod
    def values_of(cls, settings: PageSettings, zone: str) -> dict[str, Any]:
        """Return the type's part of the form, filled from stored settings; times as the clocks of `zone` show them."""
        raise NotImplementedError

    def theme(self) -> themes.Theme:
        """Return the theme. Raises FieldError for what is no colour or can't be read."""
        try:
            chosen = themes.Theme(
                self.background.lower(),
                self.surface.lower(),
                self.text.lower(),
                self.accent.lower(),
                self.font,
                self.radius,
            )
        except ValueError as error:
            raise FieldError(str(error).split(" ")[0], _("Please choose a colour.")) from error
        for field, message, _ratio in themes.check(chosen):
            raise FieldError(field, message)
        return chosen

    def afterlife(self) -> Afterlife:
        """Return what becomes of the page. Raises FieldError."""
        with_url = self.after_action == "redirect"
        return build(
            Afterlife,
            {"url": "after_url"},
            action=self.after_action,
            message=self.after_message,
            url=self.after_url or None if with_url else None,
            gone_after_days=self.after_days,
        )

    def checked_language(self) -> str:
        if self.language not in languages():
            raise FieldError("language", _("Please choose one of the options."))
        return self.language


class PublicationForm(FormModel):
    """`draft` takes a scheduled page back, for browsers that send no DELETE."""

    at: Literal["now", "launch", "draft"] = "now"


class PauseForm(FormModel):
    """What the deadline does meanwhile; `over` ends the pause, for browsers that send no DELETE."""

    deadline: Literal["stands", "moves", "over"] = "stands"


class ExtensionForm(FormModel):
    expires_at: Annotated[str, Field(min_length=1, max_length=40)]
    expires_at_fold: Fold = ""


class StockForm(FormModel):
    """How many pieces to add; `content` names the item when every item has its own stock. `id` was made when the form
    was shown, so that sending it twice adds once."""

    id: Annotated[UUID | None, BeforeValidator(_empty_is_none)] = None
    add: Annotated[int, Field(ge=1, le=MAXIMUM_QUANTITY)]
    content: Annotated[UUID | None, BeforeValidator(_empty_is_none)] = None


class CopyForm(FormModel):
    """`id` becomes the copy's, so that sending it twice makes one page."""

    id: UUID


class RerunForm(FormModel):
    """`id` becomes the new page's, so that sending it twice makes one page."""

    id: UUID


class MomentForm(FormModel):
    """What the time machine is asked to show."""

    moment: Step = None
    stock: Stand = Stand.NOW
