"""What staff can do: each the capability of the module that owns the thing, and its line in the log, in one transaction."""

from uuid import UUID

from app.auth.accounts import account_of
from app.auth.members import member
from app.auth.organizations import organization_of
from app.auth.sessions import end_sessions
from app.auth.two_factor import remove_for
from app.billing.assigning import assign_plan
from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.jobs import retry_dead_letter
from app.operations import invariants, reporting
from app.operations.invariants import Report
from app.pages import suspending
from app.privacy import retaining
from app.privacy.retaining import Report as RetentionReport
from app.staff.noting import Actor


async def suspend_page(actor: Actor, page_id: UUID, reason: str) -> None:
    """Raises NotFound, Conflict."""
    async with db.transaction():
        page = await suspending.suspend(page_id, reason, actor.now)
        await actor.did("suspended-page", page_id, title=page.title, reason=reason)


async def lift_suspension(actor: Actor, page_id: UUID) -> None:
    """Raises NotFound, Conflict."""
    async with db.transaction():
        page = await suspending.lift(page_id, actor.now)
        await actor.did("lifted-suspension", page_id, title=page.title)


async def end_sessions_of(actor: Actor, user_id: UUID) -> int:
    """Log somebody out everywhere; return how many sessions that were. Raises NotFound."""
    async with db.transaction():
        person = await member(user_id)
        if person is None:
            raise NotFound
        ended = await end_sessions(user_id, actor.now, cause="staff")
        await actor.did("ended-sessions", user_id, email=person.email, count=ended)
    return ended


async def remove_two_factor_of(actor: Actor, user_id: UUID) -> None:
    """Let somebody in by their password alone, and tell them. Raises NotFound, Conflict when it is not on."""
    async with db.transaction():
        person = await member(user_id)
        account = await account_of(person.email) if person else None
        if account is None:
            raise NotFound
        if not await remove_for(account, actor.now):
            raise Conflict(_("Two-factor is not on."))
        await actor.did("removed-two-factor", user_id, email=account.email)


async def give_plan(actor: Actor, organization_id: UUID, plan: str) -> None:
    """Put an organization on a plan by hand. Raises NotFound, Invalid for no plan."""
    async with db.transaction():
        organization = await organization_of(organization_id)
        await assign_plan(organization_id, plan, actor.now, actor.viewer.user_id)
        await actor.did("gave-plan", organization_id, plan=plan, organization=organization.name)


async def check_invariants(actor: Actor) -> Report:
    """Check everything now, and repair what is safe."""
    report = await invariants.keep(actor.now)
    async with db.transaction():
        await reporting.store(report)
        said = {"broken": len(report.broken), "repaired": len(report.repaired)}
        await actor.did("checked-invariants", **said)
    return report


async def run_retention(actor: Actor) -> RetentionReport:
    """Let go now of everything that was kept long enough."""
    await actor.did("ran-retention")
    return await retaining.run(actor.now)


async def retry_job(actor: Actor, job_id: int) -> None:
    """Queue a job that gave up again. Raises NotFound."""
    async with db.transaction():
        if not await retry_dead_letter(job_id):
            raise NotFound
        await actor.did("retried-job", job_id)
