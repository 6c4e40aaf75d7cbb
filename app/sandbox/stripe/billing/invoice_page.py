"""An invoice's own page, where it can be paid, and the same as a PDF: `/i/{id}`."""

from datetime import UTC, datetime

from litestar import Controller, Response, get, post
from litestar.exceptions import NotFoundException

from app.sandbox.stripe.billing import customers, passing
from app.sandbox.stripe.billing.paper import pdf
from app.sandbox.stripe.card_form import CardForm
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.hosted import moment, money
from app.sandbox.stripe.store import Document
from app.sandbox.stripe.world import World
from app.sandbox.web import AnyRequest, page, see


class InvoiceController(Controller):
    """What a customer sees of an invoice."""

    path = "/i/{id:str}"

    @get()
    async def show(self, world: World, id: str) -> Response[str]:
        _context, invoice = _open(world, id)
        return _page(invoice, CardForm.empty(invoice["customer_email"] or ""))

    @post()
    async def pay(self, request: AnyRequest, world: World, id: str) -> Response[str]:
        """Pay an open invoice with a card, which the customer pays with from then on."""
        context, invoice = _open(world, id)
        form = CardForm.read(await request.form(), invoice["customer_email"] or "")
        payment = form.payment(datetime.fromtimestamp(context.now, UTC))
        if payment is None or invoice["status"] != "open":
            return _page(invoice, form, 422 if invoice["status"] == "open" else 200)
        customer = invoice["customer"]
        customers.keep_card(context, customer, payment.number, payment.month, payment.year)
        with context.store.whole():
            paid = passing.pay(context, id)
        if paid["status"] != "paid":
            form.errors["card"] = "Your card was declined."
            return _page(paid, form, 402)
        return see(f"/i/{id}")

    @get("/pdf")
    async def download(self, world: World, id: str) -> Response[bytes]:
        _context, invoice = _open(world, id)
        words = [f"Invoice {invoice['number']}", moment(invoice["created"]), ""]
        for line in invoice["lines"]["data"]:
            words.append(f"{line['description']}: {money(line['amount'], line['currency'])}")
        due = money(invoice["amount_due"], invoice["currency"])
        words += ["", f"Due: {due}", f"Status: {invoice['status']}", "", "Sandbox: no money moves."]
        name = f'attachment; filename="{invoice["number"]}.pdf"'
        return Response(
            pdf(words), media_type="application/pdf", headers={"Content-Disposition": name}
        )


def _open(world: World, id: str) -> tuple[Context, Document]:
    try:
        context = world.context_of(id)
        return context, context.find("invoice", id)
    except ApiError:
        raise NotFoundException("There is no such invoice.") from None


def _page(invoice: Document, form: CardForm, status: int = 200) -> Response[str]:
    return page("stripe/billing/invoice.html", status, invoice=invoice, form=form)
