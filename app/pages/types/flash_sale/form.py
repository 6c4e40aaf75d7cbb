"""The flash sale's part of the editor."""

from typing import Annotated, Any, Literal, cast

from pydantic import Field

from app.pages.forms import EmptyIsNone, PageForm
from app.pages.terms import PageSettings, build
from app.pages.types.flash_sale.settings import (
    MAXIMUM_PER_BUYER,
    FlashSaleSettings,
    Quantity,
)

# The form's field of each nested setting.
FIELDS = {
    "inventory.quantity": "quantity",
    "sold_out.redirect.url": "sold_out_url",
    "sold_out.show-message.text": "sold_out_text",
}


class FlashSaleForm(PageForm):
    discount_percent: Annotated[int, Field(ge=0, le=100)] = 20
    show_original_price: bool = False
    inventory: Literal["none", "page", "item"] = "none"
    quantity: Annotated[Quantity | None, EmptyIsNone] = None
    per_buyer_limit: Annotated[
        Annotated[int, Field(ge=1, le=MAXIMUM_PER_BUYER)] | None, EmptyIsNone
    ] = None
    sold_out_action: Literal["show-message", "redirect"] = "show-message"
    sold_out_text: Annotated[str, Field(max_length=2000)] = ""
    sold_out_url: Annotated[str, Field(max_length=2000)] = ""
    keep_open_when_sold_out: bool = False

    def settings(self) -> FlashSaleSettings:
        sold_out = (
            {"action": "redirect", "url": self.sold_out_url}
            if self.sold_out_action == "redirect"
            else {"action": "show-message", "text": self.sold_out_text}
        )
        return build(
            FlashSaleSettings,
            FIELDS,
            confirmation_message=self.confirmation_message,
            discount_percent=self.discount_percent,
            show_original_price=self.show_original_price,
            inventory={
                "limit": self.inventory,
                "quantity": self.quantity if self.inventory == "page" else None,
            },
            per_buyer_limit=self.per_buyer_limit,
            sold_out=sold_out,
            keep_open_when_sold_out=self.keep_open_when_sold_out,
        )

    @classmethod
    def values_of(cls, settings: PageSettings, zone: str) -> dict[str, Any]:
        sale = cast(FlashSaleSettings, settings)
        return {
            "discount_percent": str(sale.discount_percent),
            "show_original_price": "on" if sale.show_original_price else "",
            "inventory": sale.inventory.limit,
            "quantity": str(sale.quantity or ""),
            "per_buyer_limit": str(sale.per_buyer_limit or ""),
            "sold_out_action": sale.sold_out.action,
            "sold_out_text": sale.sold_out_message,
            "sold_out_url": sale.sold_out_url or "",
            "keep_open_when_sold_out": "on" if sale.keep_open_when_sold_out else "",
        }
