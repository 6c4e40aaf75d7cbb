"""Event registration: places at an event, with a waitlist, reminders and what comes after."""

from app.core.i18n import gettext as _
from app.pages.types.base import PageType
from app.pages.types.event_registration import behaviour
from app.pages.types.event_registration.form import EventForm
from app.pages.types.event_registration.settings import EventSettings

PAGE_TYPE = PageType(
    name="event-registration",
    icon="calendar",
    label=lambda: _("Event registration"),
    description=lambda: _(
        "Give away the places of an event, online or on site, with a waitlist and reminders."
    ),
    settings=EventSettings,
    form=EventForm,
    templates=behaviour.FOLDER,
    updates=behaviour.updates,
    collects="registrations",
    situation=behaviour.situation,
    moments=behaviour.moments,
    moment_words=lambda: {
        behaviour.CLOSED: _("Registration closed"),
        behaviour.RUNNING: _("The event started"),
        behaviour.OVER: _("The event was over"),
    },
    accepts=behaviour.accepts,
    again=behaviour.again,
    noticeable=behaviour.noticeable,
    check=behaviour.check,
    incomplete=behaviour.incomplete,
)
