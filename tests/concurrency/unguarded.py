"""The application as most shops are written: it looks whether enough is left, and takes in another statement.

The control of the rush: with the guard in the statement gone (and the table's check, which the test drops), the same
crowd must oversell. Otherwise the rush proves nothing.
"""

from typing import Any

from litestar import Litestar

from app.stock import holding, statements
from app.stock.levels import levels

GUARDS = (
    "WHERE s.capacity IS NULL OR s.held + s.sold + 1 * w.quantity <= s.capacity",
    "AND (s.capacity IS NULL OR s.held + s.sold + l.quantity <= s.capacity)",
)


def unguarded() -> str:
    """Return the statement that takes, without its conditions."""
    take = statements.TAKE
    for guard in GUARDS:
        if guard not in take:
            raise RuntimeError(f"The guard has changed: {guard}")
        take = take.replace(guard, "")
    return take


def create_app() -> Litestar:
    from app.main import create_app

    module: Any = holding
    taking = module._take

    async def look_then_take(lines: Any, *others: Any) -> bool:
        for stock_id, level in (await levels(lines)).items():
            if level.available is not None and level.available < lines[stock_id]:
                raise holding.OutOfStock(stock_id, level)
        return await taking(lines, *others)

    module.TAKE, module._take = unguarded(), look_then_take
    return create_app()
