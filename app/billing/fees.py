"""What the operator keeps of a sale. Buyers pay into the operator's own Stripe account, so the fee is taken off what
creators are paid out: it is fixed when an order is completed, shown to the creator, and charged to nobody's card."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.billing.remembering import known_plan

WHOLE = 10_000


@dataclass(frozen=True)
class Fee:
    """`basis_points` are hundredths of a per cent, `amount` is in minor units."""

    basis_points: int
    amount: int


async def fee_of(organization_id: UUID, amount: int, now: datetime) -> Fee:
    """Return the fee on a sale of `amount` by the seller's plan at `now`, rounded down."""
    if not amount:
        return Fee(0, 0)
    points = (await known_plan(organization_id, now)).features.fee_basis_points
    return Fee(points, amount * points // WHOLE)
