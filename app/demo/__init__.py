"""Demo data: a creator, products with real files, sales in three states, a page of each other type, and discount codes.

Made once, by the same capabilities that the console and the checkout call; nothing here writes a table itself.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from app.core.clock import utc_now
from app.core.settings import Settings
from app.demo.codes import codes_are_up, put_up_codes
from app.demo.creator import EMAIL, PASSWORD, demo_creator
from app.demo.goods import put_up_goods
from app.demo.history import put_up_history
from app.demo.occasions import occasions_are_up, put_up_occasions
from app.demo.rehearsals import put_up_rehearsal
from app.demo.sales import put_up_sales, sales_are_up
from app.demo.team import put_up_team

log = structlog.get_logger()


@dataclass(frozen=True)
class DemoLogin:
    """The demo creator's address and password."""

    email: str
    password: str


async def create_demo(settings: Settings, now: datetime | None = None) -> DemoLogin:
    """Make what is missing of the demo data and return its login. The pool must be open.

    Safe to repeat: after an interruption it goes on, and once all is there nothing is made or changed again, whatever
    people did with it. Raises RuntimeError in production, StoreUnavailable.
    """
    if settings.environment == "production":
        raise RuntimeError("Demo data has a known password: it is not for production.")
    now = now or utc_now()
    if not (await sales_are_up() and await occasions_are_up(now) and await codes_are_up(now)):
        creator = await demo_creator(now)
        await put_up_team(creator, now)
        await put_up_goods(creator, now)
        await put_up_history(creator, now)
        await put_up_occasions(creator, now)
        await put_up_sales(creator, now)
        await put_up_codes(creator, now)
        await put_up_rehearsal(creator, now)
        log.info("demo.created", email=EMAIL)
    return DemoLogin(EMAIL, PASSWORD)
