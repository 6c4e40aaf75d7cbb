"""What this installation keeps for how long: one rule for each kind of thing, with the words of the privacy page.

The rules are what the daily job does and what the page says; there is no other list. A module above adds its own in
`main.py` (`add_rules`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from app.analytics import forgetting as analytics
from app.auth import forgetting as accounts
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.retaining import Sweep
from app.core.settings import Settings, get_settings
from app.notices import forgetting as notices
from app.notifications import forgetting as messages
from app.operations import forgetting as operations
from app.orders import forgetting as orders
from app.payments import forgetting as payments
from app.privacy.exporting import Expired
from app.registrations.expiring import OnPages


@dataclass(frozen=True)
class Term:
    """How long something is kept; 0 is no time at all beyond what the thing itself says."""

    number: int
    unit: Literal["days", "years"] = "days"

    def before(self, now: datetime) -> datetime:
        """Return the moment before which things are too old at `now`."""
        if self.unit == "days":
            return now - timedelta(days=self.number)
        day = 28 if (now.month, now.day) == (2, 29) else now.day
        return now.replace(year=now.year - self.number, day=day)

    @property
    def words(self) -> str:
        if self.unit == "days":
            return ngettext("%(num)s day", "%(num)s days", self.number)
        return ngettext("%(num)s year", "%(num)s years", self.number)


@dataclass(frozen=True)
class Rule:
    """One kind of thing: how long it is kept by the settings, what is let go then, and what people are told of it.

    `setting` is the field of Settings; None where each thing has a term of its own. What is not `aged` knows itself when it
    is over, and is asked at the present moment.
    """

    name: str
    setting: str | None
    sweeps: Sequence[Sweep]
    what: Callable[[], str]
    then: Callable[[], str]
    unit: Literal["days", "years"] = "days"
    aged: bool = True

    def term(self, settings: Settings) -> Term:
        return Term(getattr(settings, self.setting) if self.setting else 0, self.unit)

    def before(self, now: datetime) -> datetime:
        return self.term(get_settings()).before(now) if self.aged else now


ADDRESSES = "addresses"

_rules: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            ADDRESSES,
            "retention_ip_days",
            (*accounts.ADDRESSES, *orders.ADDRESSES),
            lambda: _("Network (IP) addresses of log-ins, account changes and downloads"),
            lambda: _(
                "The address is removed; the line it stood in stays as long as its kind does."
            ),
        ),
        Rule(
            "sessions",
            "retention_session_days",
            accounts.SESSIONS,
            lambda: _("Sessions that are over, with the browser they were in"),
            lambda: _("Deleted."),
        ),
        Rule(
            "security-log",
            "retention_security_log_days",
            accounts.SECURITY_LOG,
            lambda: _(
                "The security log of an account: log-ins, changed passwords, addresses, roles"
            ),
            lambda: _("Deleted."),
        ),
        Rule(
            "messages",
            "retention_message_days",
            messages.OLD,
            lambda: _(
                "Messages that were sent: to whom, about what, and whether they arrived. The text itself is not kept."
            ),
            lambda: _("Address and subject are removed."),
        ),
        Rule(
            "undelivered",
            "retention_undelivered_days",
            messages.UNDELIVERED,
            lambda: _("The text of messages that could not be delivered"),
            lambda: _("Removed; they can't be sent again."),
        ),
        Rule(
            "notices",
            "retention_notice_days",
            notices.TOLD,
            lambda: _(
                "Which sales, refunds, registrations and disputes a member was told of by mail"
            ),
            lambda: _("Deleted."),
        ),
        Rule(
            "jobs",
            "retention_job_days",
            operations.JOBS,
            lambda: _(
                "The log of what ran in the background, and what it was about where that gave up"
            ),
            lambda: _("Deleted."),
        ),
        Rule(
            "payment-events",
            "retention_payment_event_days",
            payments.EVENTS,
            lambda: _("What the payment provider reported about payments"),
            lambda: _("Deleted."),
        ),
        Rule(
            "orders",
            "retention_order_years",
            orders.ORDERS,
            lambda: _("Orders: who bought what, when and for how much. Tax law wants them kept."),
            lambda: _("Made anonymous: nothing in them leads to the buyer any more."),
            unit="years",
        ),
        Rule(
            "registrations",
            None,
            (OnPages(),),
            lambda: _("Registrations, with the answers given and the consent"),
            lambda: _("Erased as the page said, or at once by whoever registered."),
            aged=False,
        ),
        Rule(
            "visits",
            "retention_visit_days",
            analytics.VISITS,
            lambda: _(
                "That somebody looked at a page, and which site or link led there. Who it was is not kept: only a digest that means nothing after two days."
            ),
            lambda: _("Deleted; what they add up to stays."),
        ),
        Rule(
            "exports",
            "retention_export_days",
            (Expired(),),
            lambda: _("Files with somebody's own data that they asked for"),
            lambda: _("Deleted."),
            aged=False,
        ),
    )
}


def more_of(name: str, *sweeps: Sweep) -> Rule:
    """Return the rule `name` with more to let go of, for `add_rules`."""
    return replace(_rules[name], sweeps=sweeps)


def add_rules(rules: Sequence[Rule]) -> None:
    """Add the rules of a module above, or more sweeps to one that there is; again changes nothing."""
    for rule in rules:
        known = _rules.get(rule.name, rule)
        fresh = [sweep for sweep in rule.sweeps if sweep not in known.sweeps]
        _rules[rule.name] = replace(known, sweeps=(*known.sweeps, *fresh))


def all_rules() -> tuple[Rule, ...]:
    return tuple(_rules.values())
