"""Any sequence of holds and endings keeps the counters equal to a plain model of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.stock import holding
from app.stock.holding import OutOfStock
from tests.factories.stock import MINUTES, TOPIC, broken_invariants, figures, make_hold, make_stock

BASKET = st.dictionaries(st.integers(0, 1), st.integers(1, 4), min_size=1)
STEP = st.one_of(
    st.tuples(st.just("hold"), BASKET),
    st.tuples(st.sampled_from(["release", "lapse", "sell", "sell_late"]), st.integers(0, 9)),
)


class Model:
    """What the counters should be."""

    def __init__(self, capacities: list[int | None]) -> None:
        self.capacities = capacities
        self.held = [0, 0]
        self.sold = [0, 0]
        self.baskets: list[dict[int, int]] = []
        self.states: list[str] = []

    def fits(self, basket: dict[int, int]) -> bool:
        return all(
            capacity is None or self.held[place] + self.sold[place] + count <= capacity
            for place, count in basket.items()
            for capacity in [self.capacities[place]]
        )

    def add(self, basket: dict[int, int], held: int, sold: int) -> None:
        for place, count in basket.items():
            self.held[place] += held * count
            self.sold[place] += sold * count

    def end(self, verb: str, number: int) -> bool:
        """Play an ending; return whether it should have happened."""
        state, basket = self.states[number], self.baskets[number]
        if verb == "sell_late":
            happens = state in ("release", "lapse") and self.fits(basket)
            change = (0, 1)
        else:
            happens = state == "live"
            change = (-1, 1) if verb == "sell" else (-1, 0)
        if happens:
            self.states[number] = "sold" if verb.startswith("sell") else verb
            self.add(basket, *change)
        return happens


async def _play(model: Model, stocks: list[UUID], holds: list[UUID], step: Any, now: Any) -> None:
    verb, what = step
    if verb == "hold":
        try:
            holds.append(await make_hold({stocks[p]: n for p, n in what.items()}, now))
        except OutOfStock:
            assert not model.fits(what)
            return
        assert model.fits(what)
        model.baskets.append(what)
        model.states.append("live")
        model.add(what, 1, 0)
    elif holds:
        number = what % len(holds)
        happened = await getattr(holding, verb)(holds[number], now + MINUTES)
        assert happened == model.end(verb, number)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    capacities=st.lists(st.none() | st.integers(0, 8), min_size=2, max_size=2),
    steps=st.lists(STEP, max_size=25),
)
async def test_counters_follow_the_model(
    app: Any, now: Any, capacities: list[int | None], steps: list[Any]
) -> None:
    model = Model(capacities)
    stocks = [await make_stock(capacity) for capacity in capacities]
    holds: list[UUID] = []
    for step in steps:
        await _play(model, stocks, holds, step, now)
        assert [await figures(stock) for stock in stocks] == list(
            zip(model.held, model.sold, strict=True)
        )
    assert await broken_invariants() == []


async def test_restocked_units_can_be_sold_again(app: Any, now: Any) -> None:
    stock = await make_stock(1)
    for _ in range(3):
        hold = await make_hold({stock: 1}, now)
        assert await holding.sell(hold, now + timedelta(seconds=1))
        await holding.take_back({stock: 1}, TOPIC)
    assert await figures(stock) == (0, 0)
