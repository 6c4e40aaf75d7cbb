"""What the end of an account would mean, said before it is asked for: what goes, what stays, and what stands against it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth.members import Member, count_members
from app.auth.organizations import organization_of
from app.billing.standing import standing_of
from app.orders.forgetting import open_orders, paid_orders
from app.pages.erasing import PageCount, count_pages
from app.products.erasing import count_products
from app.registrations.forgetting import count_of


@dataclass(frozen=True)
class Consequences:
    """`whole`: the organization ends with its only member. `blocked`: its owner must hand it over first, for others are in
    it. Figures are of the organization when it ends, else of what the person made there, which stays. `plan` is what the
    organization pays for, or "".
    """

    organization_id: UUID
    organization: str
    whole: bool
    blocked: bool
    pages: PageCount
    products: int
    orders: int = 0
    open_orders: int = 0
    registrations: int = 0
    plan: str = ""


async def consequences_of(who: Member, now: datetime) -> Consequences:
    """Return what the end of somebody's account would mean now."""
    organization = await organization_of(who.organization_id)
    alone = await count_members(organization.id) == 1
    owns = organization.owner_id == who.id
    if not alone:
        return Consequences(
            organization.id,
            organization.name,
            whole=False,
            blocked=owns,
            pages=await count_pages(organization.id, now, who.id),
            products=await count_products(organization.id, who.id),
        )
    standing = await standing_of(organization.id, now)
    return Consequences(
        organization.id,
        organization.name,
        whole=True,
        blocked=False,
        pages=await count_pages(organization.id, now),
        products=await count_products(organization.id),
        orders=await paid_orders(organization.id),
        open_orders=await open_orders(organization.id),
        registrations=await count_of(organization.id),
        plan=standing.plan.name if standing.subscription else "",
    )
