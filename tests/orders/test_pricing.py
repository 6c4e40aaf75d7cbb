"""What a basket costs: the best of several discounts, never their sum, and one use of it beside the pieces."""

from uuid import UUID

from app.core.ids import new_id
from app.orders.pricing import Discount, price_lines, units_by_stock
from app.pages.selling import OfferLine

SHARED, USES = new_id(), new_id()


def item(amount: int, stock_id: UUID = SHARED) -> OfferLine:
    return OfferLine(new_id(), new_id(), "Print", amount * 2, amount, stock_id, None)


def test_without_a_discount_the_prices_of_the_page_stand() -> None:
    priced = price_lines([(item(1000), 2), (item(250), 1)])
    assert (priced.amount, priced.discount) == (2250, None)
    assert units_by_stock(priced) == {SHARED: 3}


def test_discounts_do_not_add_up_and_the_best_one_counts() -> None:
    small, large = Discount("link", "news", 10), Discount("code", "SPRING", 25, USES)
    priced = price_lines([(item(1000), 2)], [small, large])
    assert (priced.amount, priced.discount) == (1500, large)
    assert units_by_stock(priced) == {SHARED: 2, USES: 1}
    assert price_lines([(item(1000), 2)], [large, small]).amount == 1500


def test_of_equals_the_first_counts_and_one_that_takes_nothing_off_is_not_used() -> None:
    first, second = Discount("link", "news", 25), Discount("code", "SPRING", 25, USES)
    assert price_lines([(item(1000), 1)], [first, second]).discount == first
    assert price_lines([(item(0), 1)], [second]).discount is None
    assert price_lines([(item(999), 1)], [Discount("code", "ALL", 100)]).amount == 0
