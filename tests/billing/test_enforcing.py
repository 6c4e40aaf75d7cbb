"""Where things are made, the plan's limits hold: what is too much is refused with the way to more, and nothing is left."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.billing.assigning import assign_plan
from app.billing.limits import Limit, LimitReached
from app.billing.plans import default_plan
from app.billing.usage import usage_of
from app.core import db
from app.core.ids import new_id
from app.operations import invariants
from app.pages import ending, loading, publishing
from app.pages.collecting import collection_of
from app.products.activating import activate, deactivate
from app.registrations.cancelling import cancel
from app.registrations.erasing import erase
from tests.factories.billing import allowing
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product, picture
from tests.factories.registrations import make_registration, send
from tests.factories.types import make_countdown, make_event
from tests.products.test_products import form
from tests.products.uploads import announce, complete, send_parts, upload
from tests.support.hearing import heard

HTMX = {"HX-Request": "true"}


async def used(viewer: Any, limit: Limit) -> int:
    found = await usage_of(viewer.organization_id, await default_plan())
    return next(each.used for each in found if each.limit is limit)


async def test_one_product_too_many_is_not_made(owner: Any, now: Any) -> None:
    async with allowing(products=2):
        first = await make_product(owner.viewer, now=now)
        values = form()
        assert (await owner.post("/console/products", data=values)).status_code == 303
        for headers in ({}, HTMX):
            answer = await owner.post("/console/products", data=form(name="Mine"), headers=headers)
            assert answer.status_code == 402
            assert "room for 2 active products" in answer.text
            # The way to the plans keeps what was typed: as a product that takes no room.
            assert 'name="intent" value="plans"' in answer.text
            assert 'value="Mine"' in answer.text
        # The form of one that is there, sent again, is no new product.
        assert (await owner.post("/console/products", data=values)).status_code == 303
        assert await used(owner.viewer, Limit.PRODUCTS) == 2
        await deactivate(owner.viewer, first, now)
        await make_product(owner.viewer, now=now)
        for headers in ({}, HTMX):
            url = f"/console/products/{first}/deactivation"
            answer = await owner.delete(url, headers=headers)
            assert answer.status_code == 402
            assert "room for 2 active products" in answer.text
    await activate(owner.viewer, first, now)
    assert await used(owner.viewer, Limit.PRODUCTS) == 3


async def test_an_editor_is_told_who_can_choose_a_larger_plan(colleague: Any, now: Any) -> None:
    async with allowing(products=0):
        answer = await colleague.post("/console/products", data=form())
    assert answer.status_code == 402
    assert "/console/billing" not in answer.text
    assert "An admin of your team" in answer.text


async def test_of_two_products_for_one_place_one_is_made(owner: Any, now: Any) -> None:
    async with allowing(products=1):
        answers = await asyncio.gather(
            *(owner.post("/console/products", data=form()) for _ in range(4))
        )
        assert sorted(answer.status_code for answer in answers) == [303, 402, 402, 402]
        assert await used(owner.viewer, Limit.PRODUCTS) == 1


async def test_one_organizations_products_are_nothing_to_another(
    owner: Any, outsider: Any, now: Any
) -> None:
    async with allowing(products=1):
        await make_product(owner.viewer, now=now)
        await make_product(outsider.viewer, now=now)


async def test_scheduled_and_running_pages_are_counted_drafts_and_ended_ones_not(
    owner: Any, now: Any
) -> None:
    viewer, later = owner.viewer, now + timedelta(hours=1)
    async with allowing(active_pages=2):
        running = await make_page(viewer, now=now)
        await make_page(viewer, now=now, launch_at=later, expires_at=later + timedelta(hours=1))
        draft = await make_draft(viewer, now=now)
        for at, headers in (("now", {}), ("now", HTMX)):
            url = f"/console/pages/{draft.id}/publication"
            answer = await owner.post(url, data={"at": at}, headers=headers)
            assert answer.status_code == 402
            assert "room for 2 scheduled or running pages" in answer.text
            assert "/console/billing" in answer.text
        assert (await loading.by_id(draft.id)).times.published_at is None
        await ending.end(running, viewer.user_id, now)
        assert await used(viewer, Limit.ACTIVE_PAGES) == 1
        await publishing.publish(await loading.by_id(draft.id), viewer.user_id, now)


async def test_of_two_pages_for_one_place_one_comes_out(owner: Any, now: Any) -> None:
    drafts = [await make_draft(owner.viewer, now=now) for _ in range(3)]
    async with allowing(active_pages=1):
        tries = [publishing.publish(draft, owner.viewer.user_id, now) for draft in drafts]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(result, LimitReached) for result in results) == 2
        assert await used(owner.viewer, Limit.ACTIVE_PAGES) == 1


async def test_storage_is_promised_when_an_upload_begins(owner: Any, now: Any) -> None:
    async with allowing(storage_bytes=1000):
        product = await make_product(owner.viewer, now=now, files=())
        begun = await announce(owner, product, b"x" * 600)
        assert begun.status_code == 201
        answer = await announce(owner, product, b"y" * 500, name="other.pdf")
        assert answer.status_code == 402
        assert "1000 bytes together" in answer.text
        assert (await announce(owner, product, b"x" * 600)).status_code == 201  # the same again
        await send_parts(begun.json(), b"x" * 600)
        assert (await complete(owner, begun.json())).status_code == 200
        assert await used(owner.viewer, Limit.STORAGE) == 600
        assert (await upload(owner, product, b"z" * 400, name="third.pdf")).status_code == 200
        assert (await announce(owner, product, b"1", name="fourth.pdf")).status_code == 402


async def test_what_was_promised_by_a_larger_plan_does_not_fit_a_smaller(
    owner: Any, now: Any, run_jobs: Any
) -> None:
    product = await make_product(owner.viewer, now=now, files=())
    plan = (await announce(owner, product, b"x" * 600)).json()
    await send_parts(plan, b"x" * 600)
    async with allowing(storage_bytes=500):
        answer = await complete(owner, plan)
        assert answer.status_code == 422
        assert "Your plan has no room" in answer.text
    assert await used(owner.viewer, Limit.STORAGE) == 0


async def test_covers_of_pages_fill_the_storage_too(owner: Any, now: Any) -> None:
    page = await make_countdown(owner.viewer, now=now)
    data = picture()
    said = {"name": "c.jpg", "size": str(len(data)), "content_type": "image/jpeg"}
    url = f"/console/pages/{page.id}/cover"
    async with allowing(storage_bytes=len(data) - 1):
        assert (await owner.post(url, data=said)).status_code == 402
    plan = (await owner.post(url, data=said)).json()
    await send_parts(plan, data)
    await complete(owner, plan)
    assert await used(owner.viewer, Limit.STORAGE) == len(data)


async def test_registrations_on_one_page(
    owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=now, title="By the pond")
    other = await make_event(owner.viewer, now=now)
    async with allowing(registrations_per_page=2):
        first = await make_registration(page, now, "a@example.com")
        await make_registration(page, now, "b@example.com")
        await make_registration(page, now, "b@example.com")  # known already: no error
        await make_registration(other, now, "a@example.com")
        answer = await send(client, page.short_id, "c@example.com")
        assert answer.status_code == 409
        assert "take any more registrations at the moment" in answer.text
        assert "plan" not in answer.text.lower().replace("explan", "")
        assert await used(owner.viewer, Limit.REGISTRATIONS) == 2
        await send(client, page.short_id, "d@example.com")
        await run_jobs()
        told = [m for m in await inbox(owner.viewer.email) if "By the pond" in m["subject"]]
        assert len(told) == 1
        assert "/console/billing" in told[0]["text"]
        await cancel(await collection_of(page.id, now), first.id, now, tell=False)
        assert (await send(client, page.short_id, "e@example.com")).status_code == 303
        assert await invariants.inspect(now) == []


async def test_of_many_for_the_last_registration_one_is_taken(owner: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now, capacity=None)
    async with allowing(registrations_per_page=3):
        tries = [make_registration(page, now, f"p{n}@example.com") for n in range(8)]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(result, LimitReached) for result in results) == 5
        assert await db.fetch_value("SELECT count(*) FROM registration") == 3


async def test_a_registration_takes_no_statement_more_for_its_limit(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_event(owner.viewer, now=now)
    await make_registration(page, now, "a@example.com")
    asked: list[str] = []
    fetch_one = db.fetch_one

    async def counted(sql: str, *arguments: object) -> Any:
        asked.append(sql)
        return await fetch_one(sql, *arguments)

    monkeypatch.setattr(db, "fetch_one", counted)
    await make_registration(page, now, "b@example.com")
    assert not [sql for sql in asked if "plan" in sql]


async def test_erased_and_miscounted_registrations(owner: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now)
    made = [await make_registration(page, now, f"{n}@example.com") for n in "abc"]
    collection = await collection_of(page.id, now)
    await erase(collection, made[0].id, now)
    await cancel(collection, made[1].id, now, tell=False)
    await erase(collection, made[1].id, now)
    assert await used(owner.viewer, Limit.REGISTRATIONS) == 1
    await db.execute("UPDATE registration_count SET standing = 7")
    assert [found.check for found in await invariants.inspect(now)] == ["registrations-miscounted"]
    report = await invariants.keep(now)
    assert ([found.check for found in report.repaired], report.broken) == (
        ["registrations-miscounted"],
        (),
    )
    await db.execute("DELETE FROM registration_count")
    await invariants.keep(now)
    assert await used(owner.viewer, Limit.REGISTRATIONS) == 1


async def test_over_the_limits_of_a_smaller_plan_everything_stays_and_nothing_is_added(
    owner: Any, now: Any
) -> None:
    viewer = owner.viewer
    organization: UUID = viewer.organization_id
    await assign_plan(organization, "premium", now, None)
    products = [await make_product(viewer, now=now) for _ in range(3)]
    pages = [await make_page(viewer, now=now, products=[products[0]]) for _ in range(3)]
    draft = await make_draft(viewer, now=now, products=[products[0]])
    async with allowing(products=1, active_pages=1):
        await assign_plan(organization, "free", now, None)
        assert await used(viewer, Limit.PRODUCTS) == 3
        states = {(await loading.by_id(page.id)).state(now) for page in pages}
        assert states == {"active"}
        assert (await owner.post("/console/products", data=form())).status_code == 402
        with pytest.raises(LimitReached):
            await publishing.publish(draft, viewer.user_id, now)
        # Fewer, and still too many.
        await deactivate(viewer, products[1], now)
        with pytest.raises(LimitReached):
            await activate(viewer, products[1], now)
        await deactivate(viewer, products[2], now)
        await deactivate(viewer, products[0], now)
        await activate(viewer, products[0], now)


async def test_somebody_elses_id_is_not_found_before_any_limit(
    owner: Any, outsider: Any, now: Any
) -> None:
    product = await make_product(owner.viewer, now=now)
    async with allowing(products=0):
        answer = await outsider.post("/console/products", data=form(id=str(product)))
        assert answer.status_code == 404
    assert (await outsider.get(f"/console/products/{new_id()}")).status_code == 404


async def test_pages_leave_out_who_made_them_possible_when_the_plan_says_so(
    owner: Any, client: httpx.AsyncClient, now: Any, run_jobs: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    sale = await make_page(owner.viewer, now=now)
    paths = (f"/p/{page.short_id}", f"/p/{page.short_id}/registered", f"/p/{sale.short_id}")
    for path in paths:
        assert "Made with" in (await client.get(path)).text
    await assign_plan(owner.viewer.organization_id, "premium", now, None)
    await run_jobs()
    await heard()
    new = await make_page(owner.viewer, now=now)
    for path in (*paths, f"/p/{new.short_id}"):
        shown = (await client.get(path)).text
        assert "Made with" not in shown, path
    await assign_plan(owner.viewer.organization_id, "basic", now, None)
    await run_jobs()
    await heard()
    for path in (*paths, f"/p/{new.short_id}"):
        assert "Made with" in (await client.get(path)).text
