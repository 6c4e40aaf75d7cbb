"""A page that is sold out retires itself once, whoever notices it and however late."""

from datetime import datetime, timedelta
from typing import Any

from app.core import db
from app.pages.selling import retire_if_sold_out
from tests.factories.pages import make_page


async def test_who_comes_late_with_an_earlier_now_does_not_end_it_again(
    owner: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now, quantity=3)
    await db.execute("UPDATE stock SET sold = 3 WHERE id = ANY($1)", list(page.stock_ids()))
    ended = now + timedelta(seconds=2)
    assert await retire_if_sold_out(page.id, ended)
    assert not await retire_if_sold_out(page.id, now + timedelta(seconds=1))
    assert not await retire_if_sold_out(page.id, ended)
    rows = await db.fetch(
        "SELECT at FROM page_transition WHERE page_id = $1 AND to_state = 'expired'", page.id
    )
    assert [row["at"] for row in rows] == [ended]
    assert await db.fetch_value("SELECT ended_at FROM page WHERE id = $1", page.id) == ended
