"""Countdown: counts to one moment, collects those who want to hear of it, and acts when it comes."""

from app.core.i18n import gettext as _
from app.pages.types.base import PageType
from app.pages.types.countdown import behaviour
from app.pages.types.countdown.form import CountdownForm
from app.pages.types.countdown.settings import CountdownSettings

PAGE_TYPE = PageType(
    name="countdown",
    icon="clock",
    label=lambda: _("Countdown"),
    description=lambda: _(
        "Count down to a launch and collect who wants to hear. At zero it acts in every open browser."
    ),
    settings=CountdownSettings,
    form=CountdownForm,
    templates=behaviour.FOLDER,
    updates=behaviour.updates,
    collects="registrations",
    situation=behaviour.situation,
    moments=behaviour.moments,
    moment_words=lambda: {behaviour.REACHED: _("The countdown reached zero")},
    redirect=behaviour.redirect,
    addresses=behaviour.addresses,
    accepts=behaviour.accepts,
    moved=behaviour.moved,
    again=behaviour.again,
    noticeable=behaviour.noticeable,
    check=behaviour.check,
    incomplete=behaviour.incomplete,
)
