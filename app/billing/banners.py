"""What every page of the console says on top while a payment is missing, or there is more than the plan allows."""

from dataclasses import dataclass
from datetime import datetime

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.billing.overrunning import look_over
from app.billing.remembering import known_standing
from app.billing.wording import ZONE, day_of, name_of
from app.core.i18n import gettext as _


@dataclass(frozen=True)
class Banner:
    """`tone` is "bad" or "warn"; `label` names the way to `url`, for those who may go it."""

    tone: str
    text: str
    label: str
    url: str = "/console/billing"


async def banners_for(viewer: Viewer, now: datetime) -> list[Banner]:
    """Return what to tell somebody about their organization's plan; mostly nothing, and then without asking anybody."""
    standing = await known_standing(viewer.organization_id, now)
    subscription, found = standing.subscription, list[Banner]()
    if subscription and subscription.owes(now) and subscription.grace_until:
        day = day_of(subscription.grace_until, viewer.zone or ZONE)
        text = _(
            "The payment for the plan %(plan)s failed. It goes on until %(day)s; then the free plan's limits hold.",
            plan=subscription.plan.name,
            day=day,
        )
        found.append(Banner("bad", text, _("Change the card or pay")))
    if standing.overrun and (over := await look_over(viewer.organization_id, now)):
        what = ", ".join(name_of(usage.limit) for usage in over)
        text = _(
            "There is more than your plan allows: %(what)s. Nothing is deleted, but nothing can be added.",
            what=what,
        )
        found.append(Banner("warn", text, _("See what to do")))
    return found if viewer.can(Permission.MANAGE_BILLING) else [_asking(one) for one in found]


def _asking(banner: Banner) -> Banner:
    return Banner(banner.tone, f"{banner.text} {_('An admin of your team can help.')}", "", "")
