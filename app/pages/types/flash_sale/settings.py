"""A flash sale's settings as they are stored."""

from typing import Annotated, Literal, cast

from pydantic import Field, model_validator

from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.pages.terms import MAXIMUM_QUANTITY, HttpsUrl, PageSettings, ShortText, Strict

MAXIMUM_PER_BUYER = 1000

Quantity = Annotated[int, Field(ge=1, le=MAXIMUM_QUANTITY)]


class Inventory(Strict):
    """How much there is: without limit, so many pieces of everything together, or so many of each item."""

    limit: Literal["none", "page", "item"] = "none"
    quantity: Quantity | None = None

    @model_validator(mode="after")
    def _a_page_limit_is_a_number(self) -> "Inventory":
        if (self.limit == "page") != (self.quantity is not None):
            raise FieldError("quantity", _("Please enter how many there are."))
        return self


class SoldOutMessage(Strict):
    action: Literal["show-message"] = "show-message"
    text: ShortText = ""


class SoldOutRedirect(Strict):
    action: Literal["redirect"] = "redirect"
    url: HttpsUrl


class FlashSaleSettings(PageSettings):
    """The end of the sale is the page's `expires_at`; prices are those of its contents."""

    discount_percent: int = Field(default=20, ge=0, le=100)
    show_original_price: bool = True
    inventory: Inventory = Inventory()
    per_buyer_limit: int | None = Field(default=None, ge=1, le=MAXIMUM_PER_BUYER)
    sold_out: SoldOutMessage | SoldOutRedirect = Field(
        default=SoldOutMessage(), discriminator="action"
    )
    keep_open_when_sold_out: bool = False

    @property
    def code(self) -> str:
        return ""

    @property
    def stock_limit(self) -> str:
        return self.inventory.limit

    @property
    def quantity(self) -> int | None:
        return self.inventory.quantity

    @property
    def sold_out_url(self) -> str | None:
        return self.sold_out.url if isinstance(self.sold_out, SoldOutRedirect) else None

    @property
    def sold_out_message(self) -> str:
        return self.sold_out.text if isinstance(self.sold_out, SoldOutMessage) else ""

    def with_quantity(self, quantity: int) -> "FlashSaleSettings":
        return self.model_copy(update={"inventory": Inventory(limit="page", quantity=quantity)})

    def with_stock_of(self, published: PageSettings) -> "FlashSaleSettings":
        stock = cast(FlashSaleSettings, published).inventory
        return self.model_copy(update={"inventory": stock})
