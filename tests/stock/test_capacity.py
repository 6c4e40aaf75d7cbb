"""Capacity: never below what is sold or held."""

from datetime import datetime
from typing import Any

import pytest

from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.stock.capacity import set_capacity
from tests.factories.stock import level, make_hold, make_stock


async def test_changes_within_bounds(app: Any, now: datetime) -> None:
    stock = await make_stock(5)
    await make_hold({stock: 3}, now)
    await set_capacity(stock, 3, now)
    assert (await level(stock)).available == 0
    with pytest.raises(Conflict, match="3 are sold or in baskets"):
        await set_capacity(stock, 2, now)
    await set_capacity(stock, None, now)
    assert (await level(stock)).available is None


async def test_unknown_stock(app: Any, now: datetime) -> None:
    with pytest.raises(NotFound):
        await set_capacity(new_id(), 1, now)
