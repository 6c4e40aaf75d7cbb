"""Room under a plan's limit: one of two who take the last place gets it; time alone ends a plan."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.billing.assigning import assign_plan
from app.billing.limits import Limit, LimitReached, ensure_room, plan_of
from app.billing.plans import all_plans
from app.billing.remembering import known_plan
from app.core import db
from app.core.errors import Invalid


async def test_the_migrations_bring_four_plans(app: Any) -> None:
    plans = await all_plans()
    assert [plan.key for plan in plans] == ["free", "basic", "premium", "enterprise"]
    assert [plan.free for plan in plans] == [True, False, False, False]
    assert [plan.for_sale for plan in plans] == [False, True, True, False]
    for limit in Limit:
        allowed = [plan.allows(limit) or float("inf") for plan in plans]
        assert allowed == sorted(allowed) and allowed[-1] == float("inf")


async def test_whoever_pays_for_nothing_is_on_the_default_plan(owner: Any, now: Any) -> None:
    plan = await plan_of(owner.viewer.organization_id, now)
    assert plan.key == "free"


async def test_staff_give_a_plan_and_take_it_back(owner: Any, now: Any) -> None:
    organization = owner.viewer.organization_id
    await assign_plan(organization, "enterprise", now, owner.viewer.user_id)
    assert (await plan_of(organization, now)).key == "enterprise"
    await assign_plan(organization, "basic", now, None)
    assert (await plan_of(organization, now)).key == "basic"
    await assign_plan(organization, "free", now, None)
    assert (await plan_of(organization, now)).key == "free"
    with pytest.raises(Invalid):
        await assign_plan(organization, "golden", now, None)


async def test_room_that_is_not_there_is_refused(owner: Any, now: Any) -> None:
    organization = owner.viewer.organization_id
    async with db.transaction():
        await ensure_room(organization, Limit.PRODUCTS, used=9, now=now)
        with pytest.raises(LimitReached) as refused:
            await ensure_room(organization, Limit.PRODUCTS, used=9, adding=2, now=now)
    assert (refused.value.allowed, refused.value.used, refused.value.status) == (10, 9, 402)
    assert "Free" in refused.value.message and "10 active products" in refused.value.message


async def test_without_a_limit_nothing_is_counted(owner: Any, now: Any) -> None:
    async def count() -> int:
        raise AssertionError("counted for nothing")

    await assign_plan(owner.viewer.organization_id, "enterprise", now, None)
    async with db.transaction():
        await ensure_room(owner.viewer.organization_id, Limit.PRODUCTS, used=count, now=now)


async def test_room_is_taken_in_a_transaction(owner: Any, now: Any) -> None:
    with pytest.raises(RuntimeError):
        await ensure_room(owner.viewer.organization_id, Limit.PRODUCTS, used=0, now=now)


async def test_of_many_who_take_the_last_places_as_many_get_one_as_there_are(
    owner: Any, now: Any
) -> None:
    """The organization's name stands for the things: what is counted is what this transaction sees."""
    organization: UUID = owner.viewer.organization_id
    await db.execute("CREATE TABLE IF NOT EXISTS test_thing (n int)")

    async def count() -> int:
        return await db.fetch_value("SELECT count(*) FROM test_thing")

    async def take() -> bool:
        try:
            async with db.transaction():
                await ensure_room(organization, Limit.ACTIVE_PAGES, used=count, now=now)
                await asyncio.sleep(0)
                await db.execute("INSERT INTO test_thing VALUES (1)")
        except LimitReached:
            return False
        return True

    try:
        assert sum(await asyncio.gather(*(take() for _ in range(8)))) == 3
    finally:
        await db.execute("DROP TABLE test_thing")


async def test_what_is_remembered_follows_changes(owner: Any, now: Any) -> None:
    organization = owner.viewer.organization_id
    assert (await known_plan(organization, now)).key == "free"
    await assign_plan(organization, "premium", now, None)
    assert (await known_plan(organization, now + timedelta(minutes=1))).key == "premium"
