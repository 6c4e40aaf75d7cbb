"""Discount codes in the console: made, changed, switched off, counted, and nobody else's business."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from app.pages import loading
from app.stock.codes.queries import code_of_group
from app.stock.codes.standing import Code
from tests.factories.auth import make_colleague
from tests.factories.codes import found, make_code
from tests.factories.deliveries import make_sold
from tests.factories.orders import buy, make_sale
from tests.factories.pages import make_page
from tests.factories.types import make_countdown, make_offer
from tests.support.hearing import heard

HTMX = {"HX-Request": "true"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def typed(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    values: dict[str, Any] = {
        "code": "Spring-10", "kind": "percent", "percent": "10", "amount": "", "currency": "EUR", "valid_from": "",
        "valid_until": "", "zone": "UTC", "maximum_uses": "", "per_buyer_limit": "", "scope": "everywhere",
    }  # fmt: skip
    return {**values, **changes}


def local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


@pytest.mark.any_moment
async def test_a_code_is_made_once_however_often_the_form_is_sent(
    owner: Any, outsider: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now)
    code_id = str(new_id())
    values = typed(
        id=code_id, kind="amount", percent="", amount="4.50", maximum_uses="30", per_buyer_limit="2",
        valid_until=local(now + DAY), scope="chosen", page=[str(page.id)],
    )  # fmt: skip
    for _ in range(2):
        answer = await owner.post("/console/codes", data=values)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/console/codes/{code_id}"
    made = await found(owner.viewer, "SPRING-10")
    assert made is not None and str(made.id) == code_id
    assert (made.percent, made.amount, made.currency, made.per_buyer_limit) == (None, 450, "EUR", 2)
    row = await code_of_group(made.id, owner.viewer.group_id, now)
    assert (row.level.capacity, row.pages, made.everywhere) == (30, {page.id}, False)
    assert made.valid_until == (now + DAY).replace(second=0)
    # Somebody else's id makes nothing.
    assert (await outsider.post("/console/codes", data=typed(id=code_id))).status_code == 404
    taken = await owner.post("/console/codes", data=typed(id=str(new_id())), headers=HTMX)
    assert taken.status_code == 422 and "of this name" in taken.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "Please fill this in"),
        ({"code": "two_words"}, "letters, digits and hyphens"),
        ({"code": "X" * 41}, "At most 40"),
        ({"percent": ""}, "from 1 to 100"),
        ({"percent": "0"}, "At least 1"),
        ({"percent": "101"}, "At most 100"),
        ({"percent": "ten"}, "whole number"),
        ({"kind": "amount", "amount": "0"}, "such as 9.90"),
        ({"kind": "amount", "amount": "1.999"}, "read in two ways"),
        ({"kind": "amount", "amount": "9.999.9"}, "such as 9.90"),
        ({"kind": "amount", "amount": "1E999999"}, "such as 9.90"),
        ({"kind": "amount", "amount": "5", "currency": "XXX"}, "one of the options"),
        ({"kind": "gift"}, "one of the options"),
        ({"maximum_uses": "0"}, "At least 1"),
        ({"maximum_uses": "9999999"}, "At most 1000000"),
        ({"per_buyer_limit": "-1"}, "At least 1"),
        ({"valid_until": "2020-01-01T10:00"}, "in the future"),
        ({"valid_until": "soon"}, "a date and a time"),
        ({"valid_from": "2100-01-02T10:00", "valid_until": "2100-01-01T10:00"}, "after the begin"),
        ({"zone": "Mars/Olympus"}, "no such time zone"),
        ({"scope": "chosen"}, "at least one page"),
        ({"scope": "chosen", "page": ["x"]}, "not a known id"),
        ({"scope": "chosen", "page": [str(new_id())]}, "not here any more"),
        ({"surprise": "1"}, "Unknown field"),
    ],
)
async def test_what_does_not_fit_is_said_and_kept(
    owner: Any, now: datetime, changes: dict[str, Any], words: str
) -> None:
    values = typed(**{"code": "KEPT", "id": str(new_id()), "per_buyer_limit": "7", **changes})
    for headers in ({}, HTMX):
        answer = await owner.post("/console/codes", data=values, headers=headers)
        assert answer.status_code == 422 and words in answer.text, answer.text
        assert f'value="{values["per_buyer_limit"]}"' in answer.text
    assert await found(owner.viewer, "KEPT") is None


async def test_another_groups_page_can_not_be_chosen(
    owner: Any, outsider: Any, now: datetime
) -> None:
    theirs = await make_page(owner.viewer, now=now)
    values = typed(id=str(new_id()), scope="chosen", page=[str(theirs.id)])
    answer = await outsider.post("/console/codes", data=values)
    assert answer.status_code == 422 and theirs.title not in answer.text


@pytest.mark.any_moment
async def test_it_is_changed_and_its_times_stay(owner: Any, now: datetime) -> None:
    code = await make_code(owner.viewer, now, valid_until=now + HOUR)
    url = f"/console/codes/{code.id}"
    changed = await owner.post(
        url, data=typed(code="summer", percent="20", maximum_uses="5"), headers=HTMX
    )
    assert changed.status_code == 200 and "SUMMER" in changed.text and "Saved." in changed.text
    stored = (await code_of_group(code.id, owner.viewer.group_id, now)).code
    assert (stored.code, stored.percent, stored.valid_until) == ("SUMMER", 20, None)
    plain = await owner.post(url, data=typed(code="summer"))
    assert plain.status_code == 303 and plain.headers["location"] == url


async def test_fewer_uses_than_are_taken_are_refused(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    code = await make_code(owner.viewer, now, maximum_uses=3)
    for email in ("a@example.com", "b@example.com"):
        await buy(sale, now, email=email, code="SPRING10")
    answer = await owner.post(f"/console/codes/{code.id}", data=typed(code="SPRING10", maximum_uses="1"))  # fmt: skip
    assert answer.status_code == 422 and "in baskets already" in answer.text
    assert 'value="1"' in answer.text


async def test_switching_off_and_on(owner: Any, now: datetime) -> None:
    code = await make_code(owner.viewer, now)
    url = f"/console/codes/{code.id}"
    for _ in range(2):
        off = await owner.post(f"{url}/deactivation", headers=HTMX)
        assert off.status_code == 200 and "Switched off" in off.text
    other = await make_code(owner.viewer, now)
    refused = await owner.post(f"{url}/activation", headers=HTMX)
    assert refused.status_code == 422 and "of this name" in refused.text
    assert (await owner.post(f"/console/codes/{other.id}/deactivation")).status_code == 303
    assert (await owner.post(f"{url}/activation")).status_code == 303
    assert (await found(owner.viewer, "SPRING10")) == code


@pytest.mark.any_moment
async def test_the_list_and_the_figures(owner: Any, now: datetime) -> None:
    empty = await owner.get("/console/codes")
    assert "No discount codes yet" in empty.text
    sale = await make_sale(owner.viewer, now)
    code = await make_code(owner.viewer, now, "GIFT", percent=100, maximum_uses=3)
    await make_code(owner.viewer, now, "SPRING10", valid_from=now + DAY, pages=[sale.page_id])
    await buy(sale, now, 2, code="gift")
    listed = (await owner.get("/console/codes")).text
    for words in ("GIFT", "1 taken", "2 left", "All pages", "SPRING10", "Spring sale", "Not yet"):
        assert words in listed, words
    narrowed = await owner.get("/console/codes?state=soon&q=spring", headers=HTMX)
    assert "SPRING10" in narrowed.text and "GIFT" not in narrowed.text
    assert "No code fits" in (await owner.get("/console/codes?q=nothing")).text
    shown = (await owner.get(f"/console/codes/{code.id}")).text
    for words in ("100 % off", "Spring sale", "€20.00", "€0.00"):
        assert words in shown, words
    await make_countdown(owner.viewer, now=now, title="Sells nothing")
    assert "Sells nothing" not in (await owner.get("/console/codes/new")).text


async def own_code(page: Any) -> Code:
    code = (await loading.by_id(page.id)).own_code
    assert code is not None
    return code


async def test_the_code_of_an_offer_keeps_its_name_and_its_page_and_tells_of_changes(
    owner: Any, client: Any, now: datetime
) -> None:
    offer, sale = await make_offer(owner.viewer, now=now), await make_page(owner.viewer, now=now)
    code = await own_code(offer)
    url = f"/console/codes/{code.id}"
    assert "the code of an offer" in (await owner.get(url)).text
    values = typed(
        code="MINE", percent="99", maximum_uses="20", valid_until=local(now + HOUR), scope="chosen",
        page=[str(sale.id)],
    )  # fmt: skip
    assert (await owner.post(url, data=values)).status_code == 303
    row = await code_of_group(code.id, owner.viewer.group_id, now)
    assert (row.code.code, row.code.percent) == ("EARLY-BIRD", 30)
    assert row.pages == {offer.id, sale.id} and row.level.capacity == 20
    await heard()
    html = (await client.get(f"/p/{offer.short_id}")).text
    assert "20 uses left" in html and "Uses of the code changed from unlimited to 20" in html
    assert "The code is valid until" in html and "before: the end" in html
    await owner.post(f"{url}/deactivation")
    await heard()
    html = (await client.get(f"/p/{offer.short_id}")).text
    assert "The code was switched off" in html and "is no longer valid" in html


async def test_nobody_else_sees_or_changes_it(
    owner: Any, outsider: Any, client: Any, now: datetime
) -> None:
    code = await make_code(owner.viewer, now)
    url = f"/console/codes/{code.id}"
    assert (await outsider.get(url)).status_code == 404
    for path in (url, f"{url}/activation", f"{url}/deactivation"):
        assert (await outsider.post(path, data=typed())).status_code == 404
        assert (await client.post(path, data=typed())).status_code == 303
    assert "SPRING10" not in (await outsider.get("/console/codes")).text
    assert (await found(owner.viewer, "SPRING10")) == code


async def test_who_may_not_edit_only_looks(owner: Any, app: Any, now: datetime) -> None:
    from tests.conftest import member_of

    code = await make_code(owner.viewer, now)
    viewer = await make_colleague(
        owner.viewer, email="vera@example.com", roles=("viewer",), now=now
    )
    async with await member_of(app, now, viewer) as member:
        shown = await member.get(f"/console/codes/{code.id}")
        assert shown.status_code == 200 and "Switch off" not in shown.text
        assert "New code" not in (await member.get("/console/codes")).text
        assert (await member.get("/console/codes/new")).status_code == 404
        for path in ("", f"/{code.id}", f"/{code.id}/deactivation", f"/{code.id}/activation"):
            answer = await member.post(f"/console/codes{path}", data=typed(id=str(new_id())))
            assert answer.status_code == 404
    assert (await found(owner.viewer, "SPRING10")) == code


async def test_an_order_leads_to_what_its_code_took_off(owner: Any, now: datetime) -> None:
    await make_sold(owner.viewer, now)
    sale = await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now, "GIFT", percent=100)
    placed = await buy(sale, now, code="gift")
    assert (await owner.get(f"/console/orders/{placed.order_id}")).status_code == 200
