"""A countdown's settings as they are stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from app.pages.fields import FieldDefinition
from app.pages.lifecycle import PageTimes
from app.pages.terms import HttpsUrl, PageSettings, ShortText, Strict
from app.pages.types.base import LaterSwitch, SellsNothing

Title = Annotated[str, Field(max_length=120)]


class ShowMessage(Strict):
    """At zero visitors read this; `content` is Markdown."""

    action: Literal["show-message"] = "show-message"
    title: Title = ""
    content: ShortText = ""


class Redirect(Strict):
    """At zero visitors are sent to `url`."""

    action: Literal["redirect"] = "redirect"
    url: HttpsUrl


class ShowForm(Strict):
    """At zero a form opens, under these words; it closes with the page."""

    action: Literal["show-form"] = "show-form"
    title: Title = ""
    content: ShortText = ""


class CountdownSettings(SellsNothing, PageSettings):
    """`target_at` is what it counts to, in UTC; None is the page's own end."""

    target_at: AwareDatetime | None = None
    at_zero: ShowMessage | Redirect | ShowForm = Field(
        default=ShowMessage(), discriminator="action"
    )
    by_email: bool = True
    by_sms: bool = False
    consent_text: ShortText = ""
    refuse_throwaway: LaterSwitch = False

    def target(self, times: PageTimes) -> datetime | None:
        """Return the moment it counts to; while a pause holds the clock, None."""
        if times.paused_at is not None and times.pause_moves_deadline:
            passed = self.target_at is not None and self.target_at <= times.paused_at
            return self.target_at if passed else None
        return self.target_at or times.expires_at

    @property
    def asks(self) -> frozenset[str]:
        ways = {"email"} if self.by_email else set[str]()
        return frozenset(ways | ({"phone"} if self.by_sms else set()))

    @property
    def fields(self) -> Sequence[FieldDefinition]:
        return ()

    @property
    def maximum_quantity(self) -> int:
        return 1

    @property
    def waitlist(self) -> bool:
        return False

    @property
    def offer_minutes(self) -> int:
        return 0

    @property
    def reminders(self) -> Sequence[int]:
        return ()
