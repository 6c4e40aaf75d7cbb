"""The waitlist as people meet it: joining, the place in the line, the offer, and every way it can end."""

from datetime import timedelta
from typing import Any

import httpx

from app.core import db
from app.pages import ending, extending, loading
from app.pages.collecting import collection_of
from app.registrations.cancelling import cancel
from app.registrations.links import manage_path
from app.registrations.queries import registration_of
from app.stock.levels import levels
from tests.factories.registrations import make_registration
from tests.factories.types import make_event

HOUR = timedelta(hours=1)


async def full_event(viewer: Any, now: Any, **options: Any) -> Any:
    """An event whose two places are taken by Bob."""
    settings: dict[str, Any] = {"capacity": 2, "maximum_quantity": 5, "offer_minutes": 60}
    page = await make_event(viewer, now=now, **{**settings, **options})
    return page, await make_registration(page, now, "bob@example.com", quantity=2)


async def free(page: Any, registration: Any, now: Any) -> None:
    await cancel(await collection_of(page.id, now), registration.id, now, tell=False)


async def offer_link(inbox: Any, email: str) -> str:
    links = [link for mail in await inbox(email) for link in mail["links"] if "/waitlist/" in link]
    return links[0]


async def test_from_the_line_to_a_place(
    owner: Any, client: httpx.AsyncClient, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page, bob = await full_event(owner.viewer, clock.now())
    ann, cid = f"ann-{page.short_id}@example.com", f"cid-{page.short_id}@example.com"
    first = await make_registration(page, clock.now(), ann, quantity=3)
    second = await make_registration(page, clock.now(), cid)
    await run_jobs()
    [mail] = await inbox(cid)
    assert mail["subject"] == "You are on the waitlist: By the river"
    assert "Your place in the line: 2" in mail["text"]
    shown = await client.get(manage_path(second.id, clock.now()))
    assert "Your place in the line: 2" in shown.text
    await free(page, bob, clock.now())
    await run_jobs()
    url = await offer_link(inbox, ann)
    assert "2 places have become free" in (await client.get(url)).text
    assert "Look at the offer" in (await client.get(manage_path(first.id, clock.now()))).text
    for quantity, status in (("0", 422), ("-1", 422), ("3", 409), ("1000000", 422), ("x", 422)):
        assert (await client.post(url, data={"quantity": quantity})).status_code == status
    assert (await client.post(url, data={"quantity": "1", "position": "1"})).status_code == 422
    assert (await client.post(url, data={"quantity": "1"})).status_code == 303
    assert (await client.post(url, data={"quantity": "1"})).status_code == 303, "sent twice"
    taken = await registration_of(first.id)
    assert (taken.state, taken.quantity) == ("confirmed", 1)
    assert (await registration_of(second.id)).state == "offered", "the rest went to the next"
    await run_jobs()
    assert "You are registered: By the river" in [m["subject"] for m in await inbox(ann)]
    assert "A place for you: By the river" in [m["subject"] for m in await inbox(cid)]


async def test_an_offer_nobody_takes_goes_to_the_next(
    owner: Any, client: httpx.AsyncClient, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page, bob = await full_event(owner.viewer, clock.now())
    ann, cid = f"ann-{page.short_id}@example.com", f"cid-{page.short_id}@example.com"
    first = await make_registration(page, clock.now(), ann, quantity=2)
    second = await make_registration(page, clock.now(), cid, quantity=2)
    await free(page, bob, clock.now())
    await run_jobs()
    url = await offer_link(inbox, ann)
    clock.advance(HOUR)
    assert (await client.get(url)).status_code == 410
    assert (await client.post(url, data={"quantity": "2"})).status_code == 410
    await run_jobs()
    assert (await registration_of(first.id)).state == "cancelled"
    assert (await registration_of(second.id)).state == "offered"
    assert "The offer has run out: By the river" in [m["subject"] for m in await inbox(ann)]


async def test_an_offer_can_be_left_to_the_next(
    owner: Any, client: httpx.AsyncClient, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page, bob = await full_event(owner.viewer, clock.now())
    ann = f"ann-{page.short_id}@example.com"
    first = await make_registration(page, clock.now(), ann)
    second = await make_registration(page, clock.now(), "cid@example.com", quantity=2)
    await free(page, bob, clock.now())
    await run_jobs()
    url = await offer_link(inbox, ann)
    assert (await client.post(f"{url}/refusal")).status_code == 303
    assert (await registration_of(first.id)).state == "cancelled"
    assert (await registration_of(second.id)).state == "offered"
    assert (await client.post(url, data={"quantity": "1"})).status_code == 410


async def test_a_changed_link_or_one_from_elsewhere_takes_nothing(
    owner: Any, client: httpx.AsyncClient, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page, bob = await full_event(owner.viewer, clock.now())
    ann = f"ann-{page.short_id}@example.com"
    first = await make_registration(page, clock.now(), ann)
    await free(page, bob, clock.now())
    await run_jobs()
    url = await offer_link(inbox, ann)
    other_purpose = manage_path(first.id, clock.now()).rpartition("/")[2]
    for changed in (f"{url}x", url[:-4] + "AAAA", f"/waitlist/{other_purpose}", "/waitlist/x"):
        assert (await client.get(changed)).status_code == 403
        assert (await client.post(changed, data={"quantity": "1"})).status_code == 403
    elsewhere = {"Origin": "https://evil.example"}
    answer = await client.post(url, data={"quantity": "1"}, headers=elsewhere)
    assert answer.status_code == 403
    assert (await registration_of(first.id)).state == "offered"


async def test_added_places_are_offered(owner: Any, clock: Any, run_jobs: Any) -> None:
    page, _bob = await full_event(owner.viewer, clock.now())
    first = await make_registration(page, clock.now(), "ann@example.com", quantity=3)
    await run_jobs()
    own = await loading.by_id(page.id)
    await extending.add_stock(own, 2, None, owner.viewer.user_id, clock.now())
    await run_jobs()
    entry = await db.fetch_one("SELECT offered, quantity FROM waitlist_entry")
    assert entry is not None
    assert tuple(entry) == (2, 3)
    own = await loading.by_id(page.id)
    await extending.add_stock(own, 1, None, owner.viewer.user_id, clock.now())
    await run_jobs()
    assert await db.fetch_value("SELECT offered FROM waitlist_entry") == 3, "the offer grew"
    assert (await registration_of(first.id)).state == "offered"
    assert page.stock_id is not None
    level = (await levels([page.stock_id]))[page.stock_id]
    assert (level.held, level.sold, level.available) == (3, 2, 0)


async def test_an_offer_ends_when_registration_closes(owner: Any, clock: Any) -> None:
    page, bob = await full_event(owner.viewer, clock.now(), starts_in=HOUR / 2)
    await make_registration(page, clock.now(), "ann@example.com")
    await free(page, bob, clock.now())
    until = await db.fetch_value("SELECT offer_expires_at FROM waitlist_entry")
    assert until == clock.now() + HOUR / 2


async def told(inbox: Any, email: str) -> list[str]:
    return [mail["subject"] for mail in await inbox(email) if "No place" in mail["subject"]]


async def test_who_waits_in_vain_is_told_once_when_registration_closes(
    owner: Any, client: httpx.AsyncClient, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    now = clock.now()
    page, _bob = await full_event(
        owner.viewer, now, starts_in=48 * HOUR, closes_at=now + 24 * HOUR, reminders=()
    )
    ann, gone = f"ann-{page.short_id}@example.com", f"gone-{page.short_id}@example.com"
    waiting = await make_registration(page, now, ann)
    await free(page, await make_registration(page, now, gone), now)
    await run_jobs()
    assert await told(inbox, ann) == []
    # Closed, then started, then over: each of them closes registration, and one message is enough.
    for later in (24 * HOUR, 24 * HOUR, 24 * HOUR):
        clock.advance(later)
        for _time in range(2):
            await run_jobs()
        clock.advance(HOUR / 60)
        await run_jobs()
        assert await told(inbox, ann) == ["No place became free: By the river"]
    assert await told(inbox, gone) == []
    shown = await client.get(manage_path(waiting.id, clock.now()))
    assert "No place became free" in shown.text and "Your place in the line" not in shown.text
    assert (await registration_of(waiting.id)).state == "waiting"


async def test_who_waits_is_told_when_the_page_is_ended(
    owner: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    page, _bob = await full_event(owner.viewer, clock.now())
    ann = f"ann-{page.short_id}@example.com"
    await make_registration(page, clock.now(), ann)
    clock.advance(HOUR)
    await ending.end(page, owner.viewer.user_id, clock.now())
    await run_jobs()
    clock.advance(HOUR)
    await run_jobs()
    assert await told(inbox, ann) == ["No place became free: By the river"]


async def test_nobody_is_told_where_nobody_can_wait(owner: Any, clock: Any, run_jobs: Any) -> None:
    page, _bob = await full_event(owner.viewer, clock.now(), waitlist=False)
    await ending.end(page, owner.viewer.user_id, clock.now())
    await run_jobs()
    assert await db.fetch_value("SELECT count(*) FROM mailing WHERE kind = 'no-place'") == 0
