"""The seller and the sales of a rehearsal, made as the console makes them."""

from collections.abc import Sequence

from app.auth.viewer import Viewer
from app.core import db
from app.main import register_handlers
from app.pages.loading import PageRecord
from bench.sale import creator, sale

# What the rehearsal itself buys from, after each fault.
OWN_UNITS = 10_000


async def open_scene(sales: int, units: int) -> tuple[Viewer, Sequence[PageRecord]]:
    """Give this process the application's pool, and return the seller and `sales` small sales and one large one."""
    register_handlers()
    await db.open_pool()
    seller = await creator()
    made = [await sale(seller, quantity=units) for _ in range(sales)]
    return seller, [*made, await sale(seller, quantity=OWN_UNITS)]
