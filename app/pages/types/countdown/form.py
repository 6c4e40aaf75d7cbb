"""The countdown's part of the editor."""

from typing import Annotated, Any, Literal, cast

from pydantic import Field

from app.core.local_times import Fold, fold_of, to_local, to_utc
from app.core.zones import check_zone
from app.pages.forms import PageForm
from app.pages.terms import PageSettings, build
from app.pages.types.countdown.settings import CountdownSettings, Redirect

# The form's field of each nested setting.
FIELDS = {
    "at_zero.redirect.url": "zero_url",
    "at_zero.show-message.title": "zero_title",
    "at_zero.show-message.content": "zero_content",
    "at_zero.show-form.title": "zero_title",
    "at_zero.show-form.content": "zero_content",
}


class CountdownForm(PageForm):
    target_at: Annotated[str, Field(max_length=40)] = ""
    target_at_fold: Fold = ""
    zero_action: Literal["show-message", "redirect", "show-form"] = "show-message"
    zero_title: Annotated[str, Field(max_length=120)] = ""
    zero_content: Annotated[str, Field(max_length=2000)] = ""
    zero_url: Annotated[str, Field(max_length=2000)] = ""
    by_email: bool = False
    by_sms: bool = False
    consent_text: Annotated[str, Field(max_length=2000)] = ""
    refuse_throwaway: bool = False

    def settings(self) -> CountdownSettings:
        zone = check_zone(self.zone)
        at_zero: dict[str, Any] = {"action": self.zero_action}
        if self.zero_action == "redirect":
            at_zero["url"] = self.zero_url
        else:
            at_zero |= {"title": self.zero_title, "content": self.zero_content}
        return build(
            CountdownSettings,
            FIELDS,
            confirmation_message=self.confirmation_message,
            target_at=to_utc("target_at", self.target_at, zone, self.target_at_fold),
            at_zero=at_zero,
            by_email=self.by_email,
            by_sms=self.by_sms,
            consent_text=self.consent_text,
            refuse_throwaway=self.refuse_throwaway,
        )

    @classmethod
    def values_of(cls, settings: PageSettings, zone: str) -> dict[str, Any]:
        own = cast(CountdownSettings, settings)
        zero = own.at_zero
        return {
            "target_at": to_local(own.target_at, zone),
            "target_at_fold": fold_of(own.target_at, zone),
            "zero_action": zero.action,
            "zero_title": "" if isinstance(zero, Redirect) else zero.title,
            "zero_content": "" if isinstance(zero, Redirect) else zero.content,
            "zero_url": zero.url if isinstance(zero, Redirect) else "",
            "by_email": "on" if own.by_email else "",
            "by_sms": "on" if own.by_sms else "",
            "consent_text": own.consent_text,
            "refuse_throwaway": "on" if own.refuse_throwaway else "",
        }
