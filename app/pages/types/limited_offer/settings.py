"""A limited-time offer's settings as they are stored."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.core.i18n import gettext as _
from app.pages.terms import MAXIMUM_QUANTITY, HttpsUrl, PageSettings, ShortText, Strict

MAXIMUM_PER_BUYER = 1000
ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


def _code(text: str) -> str:
    code = text.upper()
    if not ALPHABET.issuperset(code):
        raise ValueError(_("Letters, digits and hyphens only, please."))
    return code


Code = Annotated[str, Field(max_length=40), AfterValidator(_code)]


class Alternate(Strict):
    """After the offer visitors read this; `content` is Markdown."""

    action: Literal["show-alternate"] = "show-alternate"
    content: ShortText = ""


class Redirect(Strict):
    action: Literal["redirect"] = "redirect"
    url: HttpsUrl


class OfferSettings(PageSettings):
    """The end of the offer is the page's `expires_at`. `code` is a discount code of the page's own, worth
    `discount_percent`; without one the discount is everyone's."""

    code: Code = ""
    discount_percent: int = Field(default=20, ge=0, le=100)
    bonus: ShortText = ""
    limit: int | None = Field(default=None, ge=1, le=MAXIMUM_QUANTITY)
    per_buyer_limit: int | None = Field(default=None, ge=1, le=MAXIMUM_PER_BUYER)
    after: Alternate | Redirect = Field(default=Alternate(), discriminator="action")

    @property
    def show_original_price(self) -> bool:
        return True

    @property
    def stock_limit(self) -> str:
        return "none" if self.limit is None else "page"

    @property
    def quantity(self) -> int | None:
        return self.limit

    @property
    def keep_open_when_sold_out(self) -> bool:
        return False

    def with_quantity(self, quantity: int) -> "OfferSettings":
        return self.model_copy(update={"limit": quantity})

    def with_stock_of(self, published: PageSettings) -> "OfferSettings":
        return self.model_copy(update={"limit": getattr(published, "limit", None)})
