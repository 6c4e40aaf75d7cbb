"""What an organization sold in a span of time, by currency: taken, given back, the operator's fee, and what is left."""

from datetime import datetime
from uuid import UUID

from app.billing.statements import Line
from app.core.db import fetch


async def sales_statement(organization_id: UUID, since: datetime, until: datetime) -> list[Line]:
    """Return a line for each currency in which orders were completed from `since` to before `until`.

    What is given back takes its share of the fee with it.
    """
    rows = await fetch(
        """SELECT currency, count(*) AS orders, sum(amount)::bigint AS taken,
             sum(refunded_amount)::bigint AS given_back,
             sum(fee_amount * (amount - refunded_amount) / greatest(amount, 1))::bigint AS fee
           FROM "order" WHERE organization_id = $1 AND completed_at >= $2 AND completed_at < $3 AND amount > 0
           GROUP BY currency ORDER BY currency""",
        *(organization_id, since, until),
    )
    return [Line(**dict(row)) for row in rows]
