"""Whether Stripe can charge what a basket costs. The whole charge counts: several pieces together may reach the minimum."""

from app.core.currencies import MAXIMUM_AMOUNT, chargeable
from app.core.forms import FORM_LEVEL, FieldError
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.money import format_money, minimum_words
from app.orders import redeeming
from app.orders.pricing import Priced


def ensure_chargeable(priced: Priced, currency: str) -> None:
    """Raise FieldError for an amount that can't be paid at once; CodeRefused when it is a code that makes it too small."""
    if priced.amount > MAXIMUM_AMOUNT:
        raise FieldError(FORM_LEVEL, _("That is more than can be paid at once."))
    if chargeable(priced.amount, currency):
        return
    if priced.discount and priced.discount.kind == redeeming.KIND:
        raise redeeming.below_minimum(priced.amount, currency)
    price = format_money(priced.amount, currency, current_language.get())
    raise FieldError(
        FORM_LEVEL,
        _(
            "This comes to %(price)s, and less than %(least)s can't be charged. Please take more pieces.",
            price=price,
            least=minimum_words(currency),
        ),
    )
