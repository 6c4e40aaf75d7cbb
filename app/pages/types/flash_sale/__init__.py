"""Flash sale: products at a reduced price, for a limited time and from a limited stock."""

from app.core.i18n import gettext as _
from app.pages.types.base import PageType
from app.pages.types.flash_sale.behaviour import FOLDER, addresses, redirect, updates
from app.pages.types.flash_sale.form import FlashSaleForm
from app.pages.types.flash_sale.settings import FlashSaleSettings

PAGE_TYPE = PageType(
    name="flash-sale",
    icon="bolt",
    label=lambda: _("Flash sale"),
    description=lambda: _(
        "Sell products at a reduced price, until the time or the stock runs out."
    ),
    settings=FlashSaleSettings,
    form=FlashSaleForm,
    templates=FOLDER,
    updates=updates,
    collects="orders",
    end_label=lambda: _("End of the sale"),
    redirect=redirect,
    addresses=addresses,
)
