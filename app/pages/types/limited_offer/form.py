"""The limited-time offer's part of the editor."""

from typing import Annotated, Any, Literal, cast

from pydantic import Field

from app.pages.forms import EmptyIsNone, PageForm
from app.pages.terms import MAXIMUM_QUANTITY, PageSettings, build
from app.pages.types.limited_offer.settings import (
    MAXIMUM_PER_BUYER,
    Alternate,
    OfferSettings,
    Redirect,
)

# The form's field of each nested setting.
FIELDS = {
    "after.redirect.url": "over_url",
    "after.show-alternate.content": "over_content",
}


class OfferForm(PageForm):
    code: Annotated[str, Field(max_length=40)] = ""
    discount_percent: Annotated[int, Field(ge=0, le=100)] = 20
    bonus: Annotated[str, Field(max_length=2000)] = ""
    limit: Annotated[Annotated[int, Field(ge=1, le=MAXIMUM_QUANTITY)] | None, EmptyIsNone] = None
    per_buyer_limit: Annotated[
        Annotated[int, Field(ge=1, le=MAXIMUM_PER_BUYER)] | None, EmptyIsNone
    ] = None
    over_action: Literal["show-alternate", "redirect"] = "show-alternate"
    over_content: Annotated[str, Field(max_length=2000)] = ""
    over_url: Annotated[str, Field(max_length=2000)] = ""

    def settings(self) -> OfferSettings:
        over = (
            {"action": "redirect", "url": self.over_url}
            if self.over_action == "redirect"
            else {"action": "show-alternate", "content": self.over_content}
        )
        return build(
            OfferSettings,
            FIELDS,
            confirmation_message=self.confirmation_message,
            code=self.code,
            discount_percent=self.discount_percent,
            bonus=self.bonus,
            limit=self.limit,
            per_buyer_limit=self.per_buyer_limit,
            after=over,
        )

    @classmethod
    def values_of(cls, settings: PageSettings, zone: str) -> dict[str, Any]:
        own = cast(OfferSettings, settings)
        return {
            "code": own.code,
            "discount_percent": str(own.discount_percent),
            "bonus": own.bonus,
            "limit": str(own.limit or ""),
            "per_buyer_limit": str(own.per_buyer_limit or ""),
            "over_action": own.after.action,
            "over_content": own.after.content if isinstance(own.after, Alternate) else "",
            "over_url": own.after.url if isinstance(own.after, Redirect) else "",
        }
