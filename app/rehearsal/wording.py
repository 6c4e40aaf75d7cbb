"""A rehearsal's report in words."""

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.payments.rehearsing import Payments
from app.rehearsal.counting import Report
from app.rehearsal.course import Outcome, Phase, Refusal
from app.rehearsal.queries import RehearsalView


def phase_words(rehearsal: RehearsalView) -> str:
    """Say what happens just now."""
    if rehearsal.state == "queued":
        return _("Waiting for its turn")
    return {
        Phase.BUILDING: _("Copying the page"),
        Phase.RUSH: _("People are coming"),
        Phase.AFTERWARDS: _("Time passes to the end of the page"),
        Phase.COUNTING: _("Counting"),
    }[Phase(rehearsal.phase)]


def state_words() -> dict[str, tuple[str, str]]:
    """Return what a rehearsal's state is called, and its tone."""
    return {
        "queued": (_("Waiting"), "neutral"),
        "running": (_("Running"), "info"),
        "done": (_("Done"), "good"),
        "failed": (_("Failed"), "bad"),
        "cancelled": (_("Cancelled"), "neutral"),
    }


def rush_words(at_once: int) -> str:
    if at_once == 1:
        return _("One after another")
    return _("%(n)s at a time", n=at_once)


def payments_words(payments: str) -> str:
    """Say how rehearsals pay on this installation, or paid."""
    return {
        Payments.SANDBOX: _("Payments go to the built-in sandbox: real sessions, no money."),
        Payments.TEST: _(
            "Sessions are opened in Stripe's test mode. It has no way to pay them but by hand, so the payment itself is "
            "simulated here."
        ),
        Payments.NONE: _(
            "A live Stripe key is set, or none at all: nothing is asked of Stripe and nothing is paid. Simulated buyers "
            "get as far as the payment page."
        ),
    }[Payments(payments)]


def outcome_words(sells: bool) -> dict[str, str]:
    return {
        Outcome.SERVED: _("Bought") if sells else _("Registered"),
        Outcome.RESERVED: _("Reached the payment page"),
        Outcome.WAITING: _("Still on the waitlist"),
        Outcome.LEFT: _("Left without paying") if sells else _("Cancelled again"),
        Outcome.REFUSED: _("Turned away"),
    }


def refusal_words() -> dict[str, str]:
    return {
        Refusal.SOLD_OUT: _("Everything was gone"),
        Refusal.HELD: _("All that was left was in other baskets"),
        Refusal.TOO_FEW: _("Fewer were left than they wanted"),
        Refusal.CLOSED: _("The page took no more"),
        Refusal.PAYMENT: _("The payment failed"),
        Refusal.PLAN: _("Your plan allows no more"),
        Refusal.FORM: _("What they typed was refused"),
        Refusal.OTHER: _("Something else"),
    }


def step_words() -> dict[str, str]:
    return {
        "page": _("Open the page"),
        "checkout": _("Basket to payment page"),
        "payment": _("Pay, and get the files"),
        "registration": _("Register"),
        "offer": _("Take an offered place"),
    }


def mail_words(name: str) -> str:
    """Return what a message is called."""
    return {
        "order-completed": _("Order with its download link"),
        "order-refunded": _("Refund"),
        "order-submitted": _("Payment submitted"),
        "order-payment-failed": _("Payment failed"),
        "refund-failed": _("Refund failed"),
        "order-unavailable": _("Paid too late, money goes back"),
        "registration": _("Registration confirmed"),
        "registration-cancelled": _("Registration cancelled"),
        "waitlist-joined": _("On the waitlist"),
        "waitlist-offered": _("A place is free for you"),
        "waitlist-lapsed": _("Your offer has run out"),
        "waitlist-closed": _("No place became free"),
        "launch-notice": _("It has started"),
        "event-reminder": _("Reminder"),
        "event-afterwards": _("After the event"),
    }.get(name, name.replace("-", " ").capitalize())


def milliseconds(value: int) -> str:
    return _("%(n)s ms", n=value) if value < 1000 else _("%(n)s s", n=f"{value / 1000:.1f}")


def headline(report: Report, sells: bool) -> str:
    """Return the report in a line."""
    words = outcome_words(sells)
    parts = [f"{words[outcome]}: {report.count(outcome)}" for outcome in _shown(report)]
    return " · ".join(parts)


def _shown(report: Report) -> list[Outcome]:
    always = (Outcome.SERVED, Outcome.REFUSED)
    return [each for each in Outcome if report.count(each) or each in always]


def people(number: int) -> str:
    return ngettext("%(num)s person", "%(num)s people", number)
