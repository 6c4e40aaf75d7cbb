"""`/privacy/receipts/{number}`: what a receipt says, and whether it is an address's."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from pydantic import Field

from app.core.errors import NotFound
from app.core.forms import Form, FormModel, read_form
from app.core.ratelimit import limit
from app.core.rendering import page
from app.receipts.giving import Receipt, belongs_to, receipt_of

Request_ = Request[Any, Any, Any]

RATE = "30/hour"


class AddressForm(FormModel):
    """An e-mail address, or a phone number, to hold against a receipt."""

    address: Annotated[str, Field(min_length=1, max_length=254)]


class ReceiptController(Controller):
    path = "/privacy/receipts/{number:str}"

    @get()
    async def show(self, request: Request_, number: FromPath[str]) -> Response[str]:
        return _show(request, await _find(number), Form[AddressForm]())

    @post(status_code=200)
    async def check(self, request: Request_, number: FromPath[str]) -> Response[str]:
        """Say whether the receipt was given for an address; nothing of it is kept."""
        await limit(request, "receipt", RATE)
        receipt = await _find(number)
        form = await read_form(request, AddressForm)
        if form.data is None:
            return _show(request, receipt, form, status=422)
        fits = await belongs_to(number, form.data.address)
        return _show(request, receipt, form, fits=fits)


async def _find(number: str) -> Receipt:
    receipt = await receipt_of(number)
    if receipt is None:
        raise NotFound
    return receipt


def _show(
    request: Request_,
    receipt: Receipt,
    form: Form[AddressForm],
    *,
    fits: bool | None = None,
    status: int = 200,
) -> Response[str]:
    context = {"receipt": receipt, "form": form, "fits": fits}
    return page(request, "privacy/receipt.html", status=status, **context)
