"""An event's settings as they are stored."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.pages.fields import MAXIMUM_FIELDS, FieldDefinition
from app.pages.terms import (
    MAXIMUM_GROUP,
    MAXIMUM_QUANTITY,
    HttpsUrl,
    PageSettings,
    ShortText,
    Strict,
)
from app.pages.types.base import LaterSwitch, SellsNothing

SHORTEST_OFFER_MINUTES, LONGEST_OFFER_MINUTES = 5, 14 * 24 * 60
LONGEST_REMINDER_MINUTES = 60 * 24 * 60
MAXIMUM_REMINDERS = 10

Platform = Literal["zoom", "meet", "teams", "custom"]
Reminder = Annotated[int, Field(ge=1, le=LONGEST_REMINDER_MINUTES)]


class Virtual(Strict):
    """`link` is shown to registrants alone."""

    kind: Literal["virtual"] = "virtual"
    platform: Platform = "custom"
    link: HttpsUrl | None = None


class Physical(Strict):
    kind: Literal["physical"] = "physical"
    address: Annotated[str, Field(max_length=500)] = ""


class EventSettings(SellsNothing, PageSettings):
    """Times in UTC. `closes_at` None closes registration at the start; `capacity` None takes everybody."""

    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    place: Virtual | Physical = Field(default=Virtual(), discriminator="kind")
    capacity: int | None = Field(default=None, ge=1, le=MAXIMUM_QUANTITY)
    waitlist: bool = True
    offer_minutes: int = Field(default=240, ge=SHORTEST_OFFER_MINUTES, le=LONGEST_OFFER_MINUTES)
    maximum_quantity: int = Field(default=1, ge=1, le=MAXIMUM_GROUP)
    ask_phone: bool = False
    fields: Annotated[tuple[FieldDefinition, ...], Field(max_length=MAXIMUM_FIELDS)] = ()
    reminders: Annotated[tuple[Reminder, ...], Field(max_length=MAXIMUM_REMINDERS)] = (24 * 60, 60)
    post_event_content: ShortText = ""
    consent_text: ShortText = ""
    refuse_throwaway: LaterSwitch = False

    @model_validator(mode="after")
    def _in_order(self) -> "EventSettings":
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise FieldError("ends_at", _("The event must end after its start."))
        if self.closes_at and self.starts_at and self.closes_at > self.starts_at:
            raise FieldError("closes_at", _("Registration must close by the start."))
        keys = [field.key for field in self.fields]
        if len(set(keys)) != len(keys):
            raise FieldError("field_label", _("Each question only once, please."))
        if len(set(self.reminders)) != len(self.reminders):
            raise FieldError("reminders", _("Each reminder only once, please."))
        return self

    @property
    def closing(self) -> datetime | None:
        return self.closes_at or self.starts_at

    @property
    def link(self) -> str | None:
        """Return the platform's address, for registrants alone."""
        return self.place.link if isinstance(self.place, Virtual) else None

    @property
    def address(self) -> str:
        return self.place.address if isinstance(self.place, Physical) else ""

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({"name", "email"} | ({"phone"} if self.ask_phone else set[str]()))

    @property
    def stock_limit(self) -> str:
        return "page"

    @property
    def quantity(self) -> int | None:
        return self.capacity

    def with_quantity(self, quantity: int) -> "EventSettings":
        return self.model_copy(update={"capacity": quantity})

    def with_stock_of(self, published: PageSettings) -> "EventSettings":
        return self.model_copy(update={"capacity": getattr(published, "capacity", None)})
