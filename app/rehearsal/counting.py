"""What came of a rehearsal, counted on its stage: by the tables, not by what the simulated people believe."""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.core import db
from app.notifications.queries import count_kinds
from app.operations.invariants import inspect
from app.pages.loading import PageRecord
from app.rehearsal.course import Course
from app.stock.levels import levels

# Like the installation's own checks this trusts no counter: what was given out is added up from orders and seats.
_GIVEN_OUT = """
SELECT coalesce(sum(units), 0)::int AS given, coalesce(sum(greatest(units - capacity, 0)), 0)::int AS oversold FROM (
  SELECT s.capacity, (SELECT coalesce(sum(l.quantity - l.restocked), 0) FROM order_line l
      JOIN "order" o ON o.id = l.order_id WHERE l.stock_id = s.id AND o.completed_at IS NOT NULL)
    + (SELECT coalesce(sum(r.quantity), 0) FROM registration r
      WHERE r.stock_id = s.id AND r.state IN ('confirmed', 'attended')) AS units
  FROM stock s WHERE s.id = ANY($1::uuid[])) each
"""


class StepTimes(BaseModel):
    """How long one step took whoever took it, in milliseconds."""

    name: str
    times: int
    median: int
    p95: int
    slowest: int


class MailCount(BaseModel):
    name: str
    channel: str
    count: int


class Report(BaseModel):
    """`outcomes` and `refused` count people; `given` and `capacity` (None: no limit) count pieces or places.

    `returned` found everything in other baskets and bought later, `claimed` took what the waitlist offered. `broken`
    names the checks of the installation that failed on the stage.
    """

    outcomes: dict[str, int]
    refused: dict[str, int]
    returned: int
    claimed: int
    given: int
    capacity: int | None
    oversold: int
    broken: list[str]
    steps: list[StepTimes]
    mails: list[MailCount]
    payments: str

    def count(self, outcome: str) -> int:
        return self.outcomes.get(outcome, 0)

    @property
    def asked(self) -> int:
        return sum(self.outcomes.values())

    @property
    def slowest(self) -> int:
        return max((step.slowest for step in self.steps), default=0)

    @property
    def p95(self) -> int:
        return max((step.p95 for step in self.steps), default=0)

    @property
    def mailed(self) -> int:
        return sum(mail.count for mail in self.mails)


def stocks_of(page: PageRecord) -> set[UUID]:
    """Return what counts the page's pieces or places; an unlimited page has a stock too."""
    found = page.stock_ids() or {page.stock_id}
    return {stock_id for stock_id in found if stock_id is not None}


async def count(page: PageRecord, course: Course, payments: str, now: datetime) -> Report:
    """Add everything up on the stage."""
    stocks = stocks_of(page)
    given = await db.fetch_one(_GIVEN_OUT, list(stocks))
    assert given is not None  # a sum always has a row
    found = await levels(stocks)
    limits = [level.capacity for level in found.values()]
    return Report(
        outcomes=course.outcomes(),
        refused=course.refusals(),
        returned=course.returned,
        claimed=course.claimed,
        capacity=None if None in limits or not limits else sum(limit or 0 for limit in limits),
        broken=sorted({finding.check for finding in await inspect(now)}),
        steps=[times_of(name, took) for name, took in course.took.items()],
        mails=[MailCount(**vars(kind)) for kind in await count_kinds()],
        payments=payments,
        given=given["given"],
        oversold=given["oversold"],
    )


def times_of(name: str, took: Sequence[float]) -> StepTimes:
    """Sum up how long a step took, by nearest rank. At least one time."""
    ordered = sorted(took)

    def rank(share: float) -> int:
        return round(ordered[max(math.ceil(share * len(ordered)), 1) - 1])

    return StepTimes(
        name=name, times=len(ordered), median=rank(0.5), p95=rank(0.95), slowest=rank(1)
    )
