"""Carrying out the end of an account: it closes, what is under way comes to its end, and then everything goes at once.

What only a module above knows of people is registered in `main.py` (`also_forget`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.auth import erasing as accounts
from app.auth.members import Member, member
from app.auth.organizations import lock_organizations
from app.billing.assigning import assign_plan
from app.billing.plans import default_plan
from app.core import db, jobs
from app.notices.forgetting import forget_member
from app.notifications.forgetting import empty_about, empty_to
from app.orders import forgetting as orders
from app.pages.erasing import erase_pages, pages_of, retire_all
from app.payments.forgetting import forget_address
from app.privacy import emails
from app.privacy.building import export_folder
from app.privacy.consequences import Consequences, consequences_of
from app.privacy.ending import Erasure, erasure_of, keep
from app.privacy.tables import ASKED, CLOSING, ERASED
from app.products.erasing import erase_products
from app.receipts.giving import ACCOUNT, give_receipt
from app.registrations import forgetting as registrations
from app.registrations.expiring import erase_on
from app.storage.forgetting import forget_uploads, remove_folder
from app.teams.forgetting import forget_invited, forget_inviter

FINISH_JOB = "privacy.finish_erasure"
# Checkouts that are open get the time to be paid or to lapse.
LOOK_AGAIN = timedelta(minutes=10)
TEAM = "team"

Forget = Callable[[str], Awaitable[None]]
_above: list[Forget] = []


def also_forget(forget: Forget) -> None:
    """Have a module above forget an address, in the transaction that ends its account."""
    if forget not in _above:
        _above.append(forget)


@dataclass(frozen=True)
class Erased:
    """What went, for the receipt: figures by name."""

    pages: int = 0
    products: int = 0
    registrations: int = 0
    orders: int = 0


async def close(erasure_id: UUID, now: datetime) -> None:
    """Close an account whose time has come: nobody logs in any more, its pages retire, its plan ends. Repeatable.

    An owner with whom others are now keeps the account, and is told.
    """
    found, who = await _load(erasure_id)
    if found is None or who is None or found.state != ASKED or found.due_at > now:
        return
    async with db.transaction():
        await lock_organizations([who.organization_id])
        effect = await consequences_of(who, now)
        if effect.blocked:
            await keep(found, now, reason=TEAM)
            return
        closing = await db.execute(
            "UPDATE account_erasure SET state = $2 WHERE id = $1 AND state = $3",
            *(erasure_id, CLOSING, ASKED),
        )
        if not closing:
            return
        await accounts.shut(who.id, now)
        if effect.whole:
            await retire_all(effect.organization_id, who.id, now)
            await assign_plan(effect.organization_id, (await default_plan()).key, now, None)
        await jobs.enqueue(FINISH_JOB, {"erasure_id": erasure_id})


async def finish(erasure_id: UUID, now: datetime) -> None:
    """Erase a closed account, as soon as nothing of it is under way; until then it is looked at again. Repeatable."""
    found, who = await _load(erasure_id)
    if found is None or who is None or found.state != CLOSING:
        return
    effect = await consequences_of(who, now)
    if effect.open_orders:
        await jobs.enqueue(FINISH_JOB, {"erasure_id": erasure_id}, run_at=now + LOOK_AGAIN)
        return
    erased = Erased()
    if effect.whole:
        pages = await pages_of(effect.organization_id)
        count = sum([await erase_on(page_id, now) for page_id in pages])
        erased = Erased(len(pages), effect.products, count, effect.orders)
    async with db.transaction():
        mine = await db.execute(
            "UPDATE account_erasure SET state = $2, ended_at = $3 WHERE id = $1 AND state = $4",
            *(erasure_id, ERASED, now, CLOSING),
        )
        if mine:
            await _erase(found, who, effect, erased, now)


async def _erase(
    found: Erasure, who: Member, effect: Consequences, erased: Erased, now: datetime
) -> None:
    """Everything at once: whoever looks sees all of it or nothing. Objects go once it has committed."""
    folders = [export_folder(who.id)]
    if effect.whole:
        folders += await _erase_organization(effect.organization_id, who.id, now)
        await accounts.orphan(effect.organization_id)
    else:
        await accounts.leave(who.id, now)
    await empty_about([who.id])
    await forget_inviter(who.id)
    await db.execute("DELETE FROM data_export WHERE user_id = $1", who.id)
    await forget_member(who.id)
    if who.verified:
        await _forget_address(who.email, effect)
    await accounts.erase_person(who.id, now)
    for folder in folders:
        await remove_folder(folder)
    number = await give_receipt(ACCOUNT, who.email, now, **vars(erased))
    await emails.account_erased(who, found, number, erased, whole=effect.whole, now=now)


async def _forget_address(address: str, effect: Consequences) -> None:
    """Forget what is known of a mailbox. Only for an address that was confirmed: anybody can sign up with any, and what
    others have of it is its owner's."""
    own = effect.organization_id if effect.whole else None
    elsewhere = [
        *await orders.orders_of_address(address, own),
        *await registrations.of_address(address, own),
    ]
    await empty_to(address, elsewhere)
    await forget_invited(address)
    await forget_address(address)
    for forget in _above:
        await forget(address)
    await accounts.forget_in_logs(address)


async def _erase_organization(organization_id: UUID, user_id: UUID, now: datetime) -> list[str]:
    """Erase what an organization had; return the folders of its objects."""
    page_ids = await pages_of(organization_id)
    await empty_about(page_ids)
    await registrations.forget_pages(page_ids)
    async for some in orders.forget_buyers(organization_id):
        await empty_about(some)
    await forget_uploads(organization_id)
    products = await erase_products(organization_id, user_id, now)
    return [*await erase_pages(organization_id), *products]


async def _load(erasure_id: UUID) -> tuple[Erasure | None, Member | None]:
    found = await erasure_of(erasure_id)
    return found, await member(found.user_id) if found else None
