"""The demo's pages of the other types: a launch that is counted down to, an evening with few places, and an offer."""

from datetime import datetime, timedelta

from app.auth.viewer import Viewer
from app.demo.goods import MORNING_MIST
from app.demo.guests import ANNOUNCED, invite
from app.demo.pages import Plan, is_up, put_up

COUNTDOWN = Plan(
    "countdown",
    "countdown",
    "The summer drawings, all at once",
    "A whole season at the water, from the first hatch to the last. **Everything opens at the same second**, for everyone.",
    "dusk",
    {
        "zero_action": "show-message",
        "zero_title": "The drawer is open",
        "zero_content": "Thank you for waiting. *The drawings are on the table now*: look around, and take one home.",
        "by_email": "on",
        "confirmation_message": "We write once, when it starts.",
    },
)
EVENT = Plan(
    "event-registration",
    "event",
    "An evening at the river",
    "We meet at the bend, draw for an hour and stay until the mayflies do. Bring a pencil; *paper is there*.",
    "meadow",
    {
        "place": "physical",
        "address": "The old boat house\nUferweg 12, Lübeck",
        "capacity": "24",
        "maximum_quantity": "4",
        "refuse_throwaway": "on",
        "reminders": ["1440", "180"],
        "erase_after_days": "30",
        "field_key": ["material", "lamp"],
        "field_label": ["What do you draw with?", "I bring a lamp"],
        "field_kind": ["choice", "checkbox"],
        "field_required": ["yes", "no"],
        "field_options": ["Pencil\nInk\nWatercolour", ""],
        "field_min": ["", ""],
        "field_max": ["", ""],
        "post_event_content": "Thank you for coming. The sheets of the evening hang in the boat house **until Sunday**.",
    },
)
OFFER = Plan(
    "limited-offer",
    "offer",
    "Mist for early birds",
    "For three days, and for the first thirty.",
    "harbour",
    {
        "code": "EARLY-MIST",
        "discount_percent": "30",
        "bonus": "A fourth sheet, **signed**, that is not for sale.",
        "limit": "30",
        "per_buyer_limit": "2",
        "over_content": "The early birds have flown. *Morning mist* comes back in autumn.",
    },
    (MORNING_MIST,),
)


async def occasions_are_up(now: datetime) -> bool:
    """Return whether all of these were made before."""
    return all([await is_up(plan, now) for plan in (COUNTDOWN, EVENT, OFFER)])


async def put_up_occasions(creator: Viewer, now: datetime) -> None:
    """Make the pages as far as they are missing."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    start = (now + 9 * day).replace(hour=17, minute=0, second=0, microsecond=0)
    launch = now + 2 * day
    await put_up(creator, COUNTDOWN, None, now + 5 * day, now, target_at=launch)
    if not await is_up(EVENT, now):
        times = {"starts_at": start, "ends_at": start + 3 * hour}
        await put_up(creator, EVENT, None, start + 10 * day, now - ANNOUNCED, **times)
        await invite(EVENT.id, now)
    await put_up(creator, OFFER, None, now + 3 * day, now)
