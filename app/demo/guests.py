"""Those who registered for the demo's evening in the two weeks since it was announced, and those who only looked."""

from datetime import datetime, timedelta
from uuid import UUID

from app.demo.links import NEWSLETTER
from app.demo.visits import DAYS, come_by_link, look_around
from app.pages import loading
from app.pages.collecting import collection_of
from app.pages.sharing import Terms, make_link
from app.registrations.registering import SignUp, register

ANNOUNCED = timedelta(days=DAYS)
DAILY, BY_NEWSLETTER = 14, 4
# By name: how many days before today they did, for how many, and what they draw with.
GUESTS = (
    ("Aylin", 13.4, 1, "Ink"),
    ("Bo", 13.1, 2, "Pencil"),
    ("Clara", 11.6, 1, "Watercolour"),
    ("Dmitri", 9.2, 1, "Pencil"),
    ("Edda", 8.5, 3, "Watercolour"),
    ("Fatou", 6.3, 1, "Ink"),
    ("Gesine", 4.7, 2, "Pencil"),
    ("Hanno", 2.2, 1, "Pencil"),
    ("Iris", 0.6, 1, "Watercolour"),
)
CONSENT = "My details may be used for this event."


async def invite(page_id: UUID, now: datetime) -> None:
    """Let them come to a page that was announced so long ago."""
    page = await loading.by_id(page_id)
    begin = now - ANNOUNCED
    await make_link(page, NEWSLETTER, Terms(), page.user_id, begin)
    await look_around(page, DAILY, begin, now)
    await come_by_link(page, NEWSLETTER, BY_NEWSLETTER, begin, now)
    for place, (name, days, quantity, material) in enumerate(GUESTS):
        at = now - timedelta(days=days)
        source = NEWSLETTER if place % 3 == 0 else ""
        collection = await collection_of(page_id, at, source=source)
        link = collection.arrival.link if collection.arrival else None
        guest = SignUp(
            email=f"{name.lower()}@visitor.example",
            phone="",
            name=name,
            quantity=quantity,
            answers={"material": material, "lamp": place % 4 == 0},
            consent_text=CONSENT,
            source=source,
            link_id=link.id if link else None,
            terms="link" if source else "page",
        )
        await register(collection, guest, at)
