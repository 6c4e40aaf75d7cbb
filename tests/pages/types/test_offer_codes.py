"""The code of a limited-time offer is a stored code in step with its page, and the page never promises what it is not worth."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Invalid
from app.core.forms import FieldError
from app.core.ids import new_id
from app.orders import paying
from app.orders.codes import changing as codes
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.pages import changing, ending, loading, publishing, running_again
from app.pages.editing import Edit, form_of
from app.pages.loading import PageRecord
from app.payments.gateway import get_gateway
from app.stock import holding
from app.stock.capacity import set_capacity
from app.stock.codes import writing
from app.stock.codes.queries import code_of_group
from app.stock.codes.standing import Code
from app.stock.codes.writing import Terms
from tests.factories.codes import found, make_code
from tests.factories.orders import buy, make_sale, order_row
from tests.factories.stock import MINUTES
from tests.factories.types import HOUR, make_draft_of, make_offer
from tests.support.hearing import heard


def edit_of(page: PageRecord, **settings: Any) -> Edit:
    kept: dict[str, Any] = {name: getattr(page, name) for name in Edit.__dataclass_fields__}
    return replace(Edit(**kept), settings=page.settings.model_copy(update=settings))


async def saved(owner: Any, page: PageRecord, now: Any, **settings: Any) -> PageRecord:
    page = await loading.by_id(page.id)
    await changing.save(page, edit_of(page, **settings), owner.viewer.user_id, now)
    return await loading.by_id(page.id)


def own(page: PageRecord) -> Code:
    assert page.own_code is not None
    return page.own_code


async def shown(client: Any, page: PageRecord) -> str:
    await heard()
    answer = await client.get(f"/p/{page.short_id}")
    assert answer.status_code == 200
    return answer.text


async def test_the_code_follows_the_offer(owner: Any, now: Any) -> None:
    page = await make_draft_of(owner.viewer, "limited-offer", now=now)
    assert page.own_code is None
    page = await saved(owner, page, now, code="EARLY-BIRD", discount_percent=30)
    first = own(page)
    assert (first.code, first.percent, first.active) == ("EARLY-BIRD", 30, True)
    row = await code_of_group(first.id, page.group_id, now)
    assert row.pages == {page.id} and not first.everywhere
    page = await saved(owner, page, now, code="LATE-BIRD", discount_percent=10)
    assert own(page).id == first.id and (own(page).code, own(page).percent) == ("LATE-BIRD", 10)
    assert await found(owner.viewer, "EARLY-BIRD") is None
    page = await saved(owner, page, now, code="")
    assert page.own_code is None
    code = await found(owner.viewer, "LATE-BIRD")
    assert code is not None and not code.active
    page = await saved(owner, page, now, code="LATE-BIRD")
    assert own(page).active


async def test_a_word_that_another_code_has_is_refused_beside_its_field(
    owner: Any, now: Any
) -> None:
    await make_code(owner.viewer, now, "EARLY-BIRD")
    page = await make_draft_of(owner.viewer, "limited-offer", now=now)
    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    values["code"] = "early-bird"
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=values)
    assert answer.status_code == 422 and "of this name" in answer.text
    assert (await loading.by_id(page.id)).version == page.version
    with pytest.raises(FieldError):
        await saved(owner, page, now, code="EARLY-BIRD")


async def test_a_page_that_is_over_needs_its_word_no_longer(owner: Any, now: Any) -> None:
    old = await make_offer(owner.viewer, now=now)
    running = await make_draft_of(owner.viewer, "limited-offer", now=now)
    with pytest.raises(FieldError):
        await saved(owner, running, now, code="EARLY-BIRD")
    await ending.end(old, owner.viewer.user_id, now)
    running = await saved(owner, running, now, code="EARLY-BIRD")
    assert own(running).active and not own(await loading.by_id(old.id)).active


async def test_run_again_it_has_the_same_word_with_new_uses(owner: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now)
    await set_capacity(own(page).stock_id, 3, now)
    await db.execute("UPDATE stock SET sold = 3 WHERE id = $1", own(page).stock_id)
    await ending.end(page, owner.viewer.user_id, now)
    again_id = new_id()
    page = await loading.by_id(page.id)
    await running_again.run_again(page, again_id, owner.viewer, now)
    again = await loading.by_id(again_id)
    row = await code_of_group(own(again).id, again.group_id, now)
    assert (row.code.code, row.level.capacity, row.level.sold) == ("EARLY-BIRD", 3, 0)
    assert row.pages == {again_id} and row.code.active
    assert not own(await loading.by_id(page.id)).active


async def test_without_its_word_the_page_that_follows_does_not_come_out(
    owner: Any, now: Any
) -> None:
    page = await make_offer(owner.viewer, now=now)
    await ending.end(page, owner.viewer.user_id, now)
    await writing.switch(own(page).id, False, owner.viewer.user_id, now)
    await make_code(owner.viewer, now, "EARLY-BIRD")
    again_id = new_id()
    await running_again.run_again(await loading.by_id(page.id), again_id, owner.viewer, now)
    again = await loading.by_id(again_id)
    assert again.own_code is None
    await db.execute("UPDATE page SET expires_at = $2 WHERE id = $1", again_id, now + HOUR)
    again = await loading.by_id(again_id)
    with pytest.raises(Invalid, match="of this name"):
        await publishing.publish(again, owner.viewer.user_id, now)


async def test_how_many_uses_are_left_is_live(owner: Any, client: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now)
    code = own(page)
    assert "uses left" not in await shown(client, page)
    await set_capacity(code.stock_id, 2, now)
    await changing.touch(page.id)
    assert "<b>2 uses left</b>" in await shown(client, page)
    taken: dict[str, Any] = {"topic": page.topic, "buyer_key": "b", "now": now}
    await holding.buy({code.stock_id: 1}, hold_id=new_id(), **taken)
    assert "<b>1 use left</b>" in await shown(client, page)
    hold_id = new_id()
    await holding.hold({code.stock_id: 1}, hold_id=hold_id, until=now + MINUTES, **taken)
    html = await shown(client, page)
    assert "in other baskets" in html and "15:00" in html
    assert 'value="EARLY-BIRD"' not in html and "€19.00" in html and "30 %" not in html
    await holding.sell(hold_id, now)
    html = await shown(client, page)
    assert "used up" in html and "€13.30" not in html and 'data-copy="EARLY-BIRD"' not in html


async def test_uses_on_another_page_are_seen_here(
    owner: Any, client: Any, now: Any, stripe_account: Any
) -> None:
    page = await make_offer(owner.viewer, now=now)
    code, sale = own(page), await make_sale(owner.viewer, now)
    terms = Terms(
        code.code, code.percent, maximum_uses=3, pages={page.id, sale.page_id}, everywhere=False
    )
    row = await code_of_group(code.id, page.group_id, now)
    await codes.change(row, terms, owner.viewer, now)
    assert "<b>3 uses left</b>" in await shown(client, page)
    placed = await buy(sale, now, code="early-bird")
    assert "<b>2 uses left</b>" in await shown(client, page)
    await paying.release(placed.order_id, now)
    assert "<b>3 uses left</b>" in await shown(client, page)
    placed = await buy(sale, now, 2, code="early-bird")
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    html = await shown(client, page)
    assert "<b>2 uses left</b>" in html and "in a basket" not in html.partition('id="code-uses"')[2]
    await refund(placed.order_id, 1400, refund_id=new_id(), actor_id=None, restock=False, now=now)
    assert "<b>3 uses left</b>" in await shown(client, page)


async def test_a_code_that_ends_before_its_offer_says_so_at_that_instant(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_offer(owner.viewer, now=clock.now())
    begins, ends = clock.now() + timedelta(minutes=5), clock.now() + timedelta(minutes=10)
    await db.execute(
        "UPDATE discount_code SET valid_from = $1, valid_until = $2, code = 'EARLY-BIRD'", begins, ends
    )  # fmt: skip
    await changing.touch(page.id)
    assert "not valid yet" in await shown(client, page)
    clock.advance(begins - clock.now())
    html = await shown(client, page)
    assert "€13.30" in html and "Valid until" in html
    clock.advance(ends - clock.now())
    html = await shown(client, page)
    assert "no longer valid" in html and "It ended on" in html and "€13.30" not in html
    page = await loading.by_id(page.id)
    assert page.next_change(clock.now()) not in (begins, ends)


async def test_a_cold_page_is_two_statements_with_its_code_too(
    owner: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.operations.test_budgets import Counter

    page = await make_offer(owner.viewer, now=now)
    await heard()
    counter = Counter(monkeypatch)
    assert "EARLY-BIRD" in (await client.get(f"/p/{page.short_id}")).text
    assert len(counter.seen) <= 2, counter.seen
    counter.seen.clear()
    assert "EARLY-BIRD" in (await client.get(f"/p/{page.short_id}")).text
    assert counter.seen == []


async def test_an_outsider_takes_no_code_away(owner: Any, outsider: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now, expires_at=now + HOUR)
    theirs = await make_draft_of(outsider.viewer, "limited-offer", now=now)
    theirs = await saved(outsider, theirs, now, code="EARLY-BIRD")
    assert own(theirs).id != own(page).id and own(await loading.by_id(page.id)).active
