"""Limited-time offer: a code, a bonus and a reduced price, for a limited time and number."""

from app.core.i18n import gettext as _
from app.pages.types.base import PageType
from app.pages.types.limited_offer import behaviour
from app.pages.types.limited_offer.form import OfferForm
from app.pages.types.limited_offer.settings import OfferSettings

PAGE_TYPE = PageType(
    name="limited-offer",
    icon="tag",
    label=lambda: _("Limited-time offer"),
    description=lambda: _("Hand out a code and a bonus, and sell with the code applied."),
    settings=OfferSettings,
    form=OfferForm,
    templates=behaviour.FOLDER,
    updates=behaviour.updates,
    collects="orders",
    end_label=lambda: _("End of the offer"),
    redirect=behaviour.redirect,
    addresses=behaviour.addresses,
    noticeable=behaviour.noticeable,
    incomplete=behaviour.incomplete,
)
