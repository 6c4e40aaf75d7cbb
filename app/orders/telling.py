"""A code's uses are shown on the page that hands it out, wherever it is used: that page is told of each."""

from uuid import UUID

from app.pages import own_codes


async def tell_of_use(discount_stock_id: UUID | None, page_id: UUID) -> None:
    """Say, in the current transaction, that an order of `page_id` took a use of its discount or gave it back."""
    if discount_stock_id is not None:
        await own_codes.tell_of_use(discount_stock_id, page_id)
