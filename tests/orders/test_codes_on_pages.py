"""The code's field at the checkout: tried before buying, applied when buying, wrong ones said beside it, guessing bounded."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.core import db
from app.core.settings import get_settings
from tests.factories.codes import make_code
from tests.factories.orders import buy, form, make_sale, only_order
from tests.factories.stock import figures
from tests.support.hearing import heard

HTMX = {"HX-Request": "true"}


async def tried(client: Any, sale: Any, *quantities: int, code: str, **who: Any) -> Any:
    """Press "Apply"."""
    data = form(sale, *quantities, code=code, **who)
    return await client.post(f"/p/{sale.short_id}/code", data=data, headers=HTMX)


async def test_the_page_has_the_field_and_the_same_bytes_for_everyone(
    owner: Any, client: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now)
    first = await client.get(f"/p/{sale.short_id}")
    assert 'name="code"' in first.text and f'hx-post="/p/{sale.short_id}/code"' in first.text
    assert "SPRING10" not in first.text
    await tried(client, sale, code="SPRING10")
    assert (await client.get(f"/p/{sale.short_id}")).content == first.content


async def test_trying_shows_the_prices_and_takes_nothing(
    owner: Any, client: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000, 250))
    code = await make_code(owner.viewer, now)
    answer = await tried(client, sale, 2, 1, code=" spring10 ", email="not yet")
    assert answer.status_code == 200 and answer.text.startswith('<div id="code-applied"')
    for words in ("SPRING10", "10 % off", "€20.00", "€18.00", "€2.25", "€20.25"):
        assert words in answer.text, words
    assert await figures(code.stock_id) == (0, 0)
    nothing_chosen = await tried(client, sale, 0, code="SPRING10")
    assert "€9.00" in nothing_chosen.text and "€2.25" in nothing_chosen.text
    assert "set-cookie" not in answer.headers and answer.headers["cache-control"] == "no-store"


async def test_trying_tells_what_the_last_baskets_hold_and_what_a_buyer_had(
    owner: Any, client: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now, maximum_uses=1)
    await make_code(owner.viewer, now, "EACH", per_buyer_limit=1)
    await buy(sale, now, code="SPRING10")
    held = await tried(client, sale, code="SPRING10")
    assert held.status_code == 422 and "released in 15:00" in held.text
    await buy(sale, now, code="EACH", email="bob@example.com")
    had = await tried(client, sale, code="EACH", email="bob@example.com")
    assert had.status_code == 422 and "already" in had.text
    assert (await tried(client, sale, code="EACH", email="cleo@example.com")).status_code == 200


async def test_where_the_price_is_as_low_already_that_is_said(
    owner: Any, client: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    await make_code(owner.viewer, now)
    assert "not used" in (await tried(client, sale, code="SPRING10")).text


async def test_without_scripts_it_is_applied_when_the_form_is_sent(
    owner: Any, client: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now, "GIFT", percent=100, maximum_uses=1)
    path = f"/p/{sale.short_id}/checkout"
    wrong = await client.post(path, data=form(sale, 2, code="GIVT"))
    assert wrong.status_code == 422
    assert "know this code" in wrong.text and 'value="GIVT"' in wrong.text
    assert 'value="2"' in wrong.text and 'value="ann@example.com"' in wrong.text
    assert (await client.post(path, data=form(sale, 2, code="gift"))).status_code == 303
    assert (await only_order())["amount"] == 0
    late = await client.post(path, data=form(sale, email="bob@example.com", code="GIFT"))
    assert late.status_code == 422 and "used up" in late.text
    shown = await client.post(f"/p/{sale.short_id}/code", data=form(sale, code="GIFT"))
    assert shown.status_code == 422 and "used up" in shown.text and "<html" in shown.text
    await make_code(owner.viewer, now)
    shown = await client.post(f"/p/{sale.short_id}/code", data=form(sale, code="SPRING10"))
    assert shown.status_code == 200 and "€9.00" in shown.text and "Buy now" in shown.text


@pytest.mark.parametrize("code", ["x" * 101, "x" * 100, "\x00", "%00", "<b>", "' OR 1=1 --", "=1"])
async def test_nonsense_is_no_code(owner: Any, client: Any, now: datetime, code: str) -> None:
    sale = await make_sale(owner.viewer, now)
    answer = await tried(client, sale, code=code)
    assert answer.status_code == 422 and "<b>" not in answer.text
    answer = await client.post(f"/p/{sale.short_id}/checkout", data=form(sale, code=code))
    assert answer.status_code == 422
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 0


async def test_no_code_is_nothing_and_another_page_is_nowhere(
    owner: Any, client: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now)
    nothing = await tried(client, sale, code=" ")
    assert nothing.status_code == 200 and "<p" not in nothing.text
    answer = await client.post("/p/unknown/code", data=form(sale, code="X"), headers=HTMX)
    assert answer.status_code == 404


async def test_guessing_is_bounded_and_mistyping_is_not(
    owner: Any, client: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    sale = await make_sale(owner.viewer, now, discount=50)
    await make_code(owner.viewer, now, "RIGHT", percent=100)
    for number in range(20):
        assert (await tried(client, sale, code="RIGHT")).status_code == 200
        assert (await tried(client, sale, code=f"GUESS{number}")).status_code == 422
    blocked = await tried(client, sale, code="RIGHT")
    assert blocked.status_code == 429 and "Too many codes" in blocked.text
    path = f"/p/{sale.short_id}/checkout"
    blocked = await client.post(path, data=form(sale, code="RIGHT"))
    assert blocked.status_code == 429 and "Too many codes" in blocked.text
    assert (await client.post(path, data=form(sale))).status_code == 303
    await heard()
    assert (await only_order())["amount"] == 500


@pytest.mark.any_moment
async def test_words_are_in_the_language_of_the_page(
    owner: Any, client: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now, valid_from=now + timedelta(days=1))
    await db.execute("UPDATE page SET language = 'de', zone = 'Europe/Berlin'")
    answer = await tried(client, sale, code="SPRING10")
    tomorrow = (now + timedelta(days=1)).astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{tomorrow:%d.%m.%Y}" in answer.text
