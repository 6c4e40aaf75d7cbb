"""The event's part of the editor."""

from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field

from app.core.local_times import Fold, fold_of, to_local, to_utc
from app.core.zones import check_zone
from app.pages.fields import MAXIMUM_FIELDS
from app.pages.forms import EmptyIsNone, PageForm
from app.pages.terms import MAXIMUM_GROUP, MAXIMUM_QUANTITY, PageSettings, build
from app.pages.types.event_registration.questions import COLUMNS, columns_of, read_questions
from app.pages.types.event_registration.settings import (
    LONGEST_OFFER_MINUTES,
    MAXIMUM_REMINDERS,
    SHORTEST_OFFER_MINUTES,
    EventSettings,
    Platform,
    Reminder,
    Virtual,
)

# The form's field of each nested setting.
FIELDS = {"place.virtual.link": "link", "place.physical.address": "address"}
TIMES = ("starts_at", "ends_at", "closes_at")

Column = Annotated[list[str], Field(max_length=MAXIMUM_FIELDS + 1)]
Typed = Annotated[str, Field(max_length=40)]


class EventForm(PageForm):
    rows: ClassVar[tuple[str, ...]] = COLUMNS
    rows_template: ClassVar[str] = "pages/_questions.html"

    starts_at: Typed = ""
    starts_at_fold: Fold = ""
    ends_at: Typed = ""
    ends_at_fold: Fold = ""
    closes_at: Typed = ""
    closes_at_fold: Fold = ""
    place: Literal["virtual", "physical"] = "virtual"
    platform: Platform = "custom"
    link: Annotated[str, Field(max_length=2000)] = ""
    address: Annotated[str, Field(max_length=500)] = ""
    capacity: Annotated[Annotated[int, Field(ge=1, le=MAXIMUM_QUANTITY)] | None, EmptyIsNone] = None
    waitlist: bool = False
    offer_minutes: Annotated[int, Field(ge=SHORTEST_OFFER_MINUTES, le=LONGEST_OFFER_MINUTES)] = 240
    maximum_quantity: Annotated[int, Field(ge=1, le=MAXIMUM_GROUP)] = 1
    ask_phone: bool = False
    reminders: Annotated[list[Reminder], Field(max_length=MAXIMUM_REMINDERS)] = []
    post_event_content: Annotated[str, Field(max_length=2000)] = ""
    consent_text: Annotated[str, Field(max_length=2000)] = ""
    refuse_throwaway: bool = False
    field_key: Column = []
    field_label: Column = []
    field_kind: Column = []
    field_required: Column = []
    field_options: Column = []
    field_min: Column = []
    field_max: Column = []

    def settings(self) -> EventSettings:
        zone = check_zone(self.zone)
        place: dict[str, Any] = {"kind": self.place}
        if self.place == "virtual":
            place |= {"platform": self.platform, "link": self.link or None}
        else:
            place["address"] = self.address
        times = {
            name: to_utc(name, getattr(self, name), zone, getattr(self, f"{name}_fold"))
            for name in TIMES
        }
        return build(
            EventSettings,
            FIELDS,
            confirmation_message=self.confirmation_message,
            **times,
            place=place,
            capacity=self.capacity,
            waitlist=self.waitlist,
            offer_minutes=self.offer_minutes,
            maximum_quantity=self.maximum_quantity,
            ask_phone=self.ask_phone,
            fields=read_questions([getattr(self, name) for name in COLUMNS]),
            reminders=tuple(sorted(self.reminders, reverse=True)),
            post_event_content=self.post_event_content,
            consent_text=self.consent_text,
            refuse_throwaway=self.refuse_throwaway,
        )

    @classmethod
    def values_of(cls, settings: PageSettings, zone: str) -> dict[str, Any]:
        own = cast(EventSettings, settings)
        place = own.place
        times = {name: getattr(own, name) for name in TIMES}
        return {
            **{name: to_local(moment, zone) for name, moment in times.items()},
            **{f"{name}_fold": fold_of(moment, zone) for name, moment in times.items()},
            "place": place.kind,
            "platform": place.platform if isinstance(place, Virtual) else "custom",
            "link": own.link or "",
            "address": own.address,
            "capacity": str(own.capacity or ""),
            "waitlist": "on" if own.waitlist else "",
            "offer_minutes": str(own.offer_minutes),
            "maximum_quantity": str(own.maximum_quantity),
            "ask_phone": "on" if own.ask_phone else "",
            "reminders": [str(minutes) for minutes in own.reminders],
            "post_event_content": own.post_event_content,
            "consent_text": own.consent_text,
            "refuse_throwaway": "on" if own.refuse_throwaway else "",
            **columns_of(own.fields),
        }
