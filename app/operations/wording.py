"""What the checks mean, for people."""

from app.core.i18n import gettext as _


def title_of(check: str) -> str:
    """Say what is wrong when the check `check` finds something."""
    return _words().get(check, check)


def _words() -> dict[str, str]:
    return {
        "held": _("A stock holds more or less than its live holds"),
        "sold": _("A stock has sold more or less than was paid for"),
        "oversold": _("A stock is oversold"),
        "hold-overdue": _("A hold is over and still live"),
        "hold-forgotten": _("A hold is live though its order has ended"),
        "order-overdue": _("An order is open though its hold has ended"),
        "order-not-sold": _("An order and its units disagree"),
        "order-without-payment": _("An order is completed without a payment"),
        "order-undelivered": _("A paid order has no delivery"),
        "delivery-gave-up": _("A paid order's delivery lies among the dead letters"),
        "order-completed-twice": _("An order was completed twice"),
        "payment-used-twice": _("One payment completed several orders"),
        "payment-unnoticed": _("A paid order was not completed"),
        "refund-uncounted": _("An order and its refunds disagree"),
        "refund-unrecorded": _("A refund is missing in an order's history"),
        "refund-owed": _("Money must go back and did not"),
        "refund-forgotten": _("A refund was never asked for at Stripe"),
        "registrations-miscounted": _("A page's registrations are counted wrongly"),
        "webhook-unprocessed": _("A webhook was received and not processed"),
        "message-unsent": _("A message waits without a job"),
        "message-given-up": _("A delivery's message could not be sent"),
        "transition-missing": _("A page's history has a gap"),
    }
