"""Limited-time offers: the code, the price with it applied, how many are left, and what comes after."""

from typing import Any

import pytest

from app.core.errors import Invalid
from app.core.forms import validate
from app.core.ids import new_id
from app.pages import changing, extending, loading, publishing, selling
from app.pages.editing import form_of, read_edit
from app.pages.terms import Afterlife
from app.pages.types.limited_offer.form import OfferForm
from app.products.queries import product_cards
from app.stock import holding
from tests.factories.types import DAY, HOUR, make_draft_of, make_offer
from tests.support.hearing import heard
from tests.support.redirects import leads

SHOP = "https://shop.example.com/"


def typed(page: Any, **changes: Any) -> dict[str, Any]:
    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    return {**values, **changes}


async def test_it_shows_the_code_the_bonus_the_price_and_how_many_are_left(
    owner: Any, client: Any, now: Any
) -> None:
    page = await make_offer(owner.viewer, now=now, bonus="A fourth sheet, **signed**.")
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "<code>EARLY-BIRD</code>" in html and 'data-copy="EARLY-BIRD"' in html
    assert "<strong>signed</strong>" in html and "10 left" in html and "30 %" in html
    assert f'action="/p/{page.short_id}/checkout"' in html


async def test_the_price_is_lower_with_the_code_alone_and_the_form_carries_it(
    owner: Any, client: Any, now: Any
) -> None:
    page = await make_offer(owner.viewer, now=now)
    offer = await selling.load_offer(page.short_id, now)
    (line,) = offer.lines
    assert line.amount == line.original_amount == 1900
    assert line.stock_id == page.stock_id
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "€13.30" in html and 'name="code" value="EARLY-BIRD"' in html
    without = await make_offer(owner.viewer, now=now, code="")
    (line,) = (await selling.load_offer(without.short_id, now)).lines
    assert line.amount == 1330


async def test_before_it_begins_the_code_is_not_told(owner: Any, client: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now, launch_at=now + HOUR)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "EARLY-BIRD" not in html and "Starts in" in html


async def test_afterwards_there_is_something_else(owner: Any, client: Any, clock: Any) -> None:
    page = await make_offer(
        owner.viewer,
        now=clock.now(),
        expires_at=clock.now() + HOUR,
        after={"action": "show-alternate", "content": "The birds have *flown*."},
    )
    clock.advance(HOUR)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "<em>flown</em>" in html and "EARLY-BIRD" not in html and "checkout" not in html


async def test_afterwards_visitors_are_sent_where_its_creator_said(
    owner: Any, client: Any, clock: Any
) -> None:
    redirect = {"action": "redirect", "url": SHOP}
    page = await make_offer(
        owner.viewer, now=clock.now(), expires_at=clock.now() + HOUR, after=redirect
    )
    clock.advance(HOUR)
    answer = await client.get(f"/p/{page.short_id}")
    assert leads(answer) == SHOP
    own = Afterlife(action="redirect", url="https://own.example.com/")
    other = await make_offer(
        owner.viewer,
        now=clock.now(),
        expires_at=clock.now() + HOUR,
        after=redirect,
        afterlife=own,
    )
    clock.advance(HOUR)
    assert leads(await client.get(f"/p/{other.short_id}")) == own.url


async def test_it_ends_with_the_last_piece(owner: Any, client: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now, limit=1)
    assert page.stock_id
    await holding.buy(
        {page.stock_id: 1}, hold_id=new_id(), topic=page.topic, buyer_key="a", now=now
    )
    assert await selling.retire_if_sold_out(page.id, now)
    await heard()
    assert "All taken" in (await client.get(f"/p/{page.short_id}")).text


async def test_pieces_are_added(owner: Any, client: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now)
    await extending.add_stock(page, 5, None, owner.viewer.user_id, now)
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "15 left" in html and "Pieces changed from 10 to 15" in html


async def test_a_changed_code_is_told(owner: Any, client: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now)
    cards = await product_cards([content.product_id for content in page.contents], now)
    form = validate(OfferForm, typed(page, code="late-bird", discount_percent="10", limit="99"))
    edit = read_edit(form, page, cards, now)
    assert edit is not None and form.ok, form.errors
    await changing.save(page, edit, owner.viewer.user_id, now)
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Code changed from EARLY-BIRD to LATE-BIRD" in html
    assert "Discount changed from 30 % to 10 %" in html
    assert (await loading.by_id(page.id)).sells.quantity == 10


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "two words"}, "code"),
        ({"code": "<b>"}, "code"),
        ({"code": "A" * 41}, "code"),
        ({"discount_percent": "101"}, "discount_percent"),
        ({"discount_percent": "-1"}, "discount_percent"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1000001"}, "limit"),
        ({"per_buyer_limit": "0"}, "per_buyer_limit"),
        ({"over_action": "redirect", "over_url": "http://plain.example.com"}, "over_url"),
        ({"over_action": "redirect", "over_url": "javascript:alert(1)"}, "over_url"),
        ({"over_action": "redirect", "over_url": "https://me@example.com"}, "over_url"),
        ({"over_action": "vanish"}, "over_action"),
        ({"bonus": "x" * 2001}, "bonus"),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    owner: Any, now: Any, changes: dict[str, str], field: str
) -> None:
    page = await make_draft_of(owner.viewer, "limited-offer", now=now)
    values = typed(page, **changes)
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=values)
    assert answer.status_code == 422
    form = validate(OfferForm, values)
    read_edit(form, page, {}, now)
    assert field in form.errors, form.errors
    assert (await loading.by_id(page.id)).version == page.version


async def test_an_offer_of_nothing_is_not_published(owner: Any, now: Any) -> None:
    page = await make_draft_of(owner.viewer, "limited-offer", now=now, discount_percent=0)
    with pytest.raises(Invalid, match="what the offer is"):
        await publishing.publish(page, owner.viewer.user_id, now)


async def test_outsiders_neither_see_nor_change_it(owner: Any, outsider: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now, expires_at=now + DAY)
    sent = await outsider.post(f"/console/pages/{page.id}/edit", data=typed(page, code="MINE"))
    assert sent.status_code == 404
    assert (await loading.by_id(page.id)).settings == page.settings
