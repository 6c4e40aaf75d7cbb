"""`/console/staff/users` and `/organizations`: an account with its organization, ending its sessions, giving a plan."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth import two_factor
from app.auth.devices import describe_device
from app.auth.groups import groups_of
from app.auth.members import Member, member, members_of
from app.auth.organizations import organization_of
from app.auth.sessions import live_sessions
from app.billing.plans import all_plans
from app.billing.standing import standing_of
from app.core.errors import Invalid, NotFound
from app.core.forms import Form, read_form
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.rendering import page, redirect
from app.flags.queries import flags_of
from app.pages.finding import pages_of
from app.staff import acting
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.forms import GivePlanForm
from app.staff.noting import Actor, actions_on
from app.staff.wording import words_of


class AccountsController(StaffController):
    path = f"{HOME}/users/{{user_id:uuid}}"

    @get()
    async def show(
        self, request: Request_, actor: Named[Actor], user_id: FromPath[UUID]
    ) -> Response[str]:
        person = await _person(user_id)
        await actor.did("looked-at-user", user_id, email=person.email)
        return await _show(request, actor, person)

    @post("/sessions/removal", status_code=200)
    async def end_sessions(
        self, request: Request_, actor: Named[Actor], user_id: FromPath[UUID]
    ) -> Response[str]:
        ended = await acting.end_sessions_of(actor, user_id)
        said = ngettext("%(num)s session is ended.", "%(num)s sessions are ended.", ended)
        return redirect(request, f"{HOME}/users/{user_id}", toast=said)

    @post("/two-factor/removal", status_code=200)
    async def remove_two_factor(
        self, request: Request_, actor: Named[Actor], user_id: FromPath[UUID]
    ) -> Response[str]:
        """For who has lost both their phone and their recovery codes."""
        await acting.remove_two_factor_of(actor, user_id)
        said = _("Their password is enough again; they are told by mail.")
        return redirect(request, f"{HOME}/users/{user_id}", toast=said)


class OrganizationsController(StaffController):
    path = f"{HOME}/organizations/{{organization_id:uuid}}"

    @post("/plan", status_code=200)
    async def give_plan(
        self, request: Request_, actor: Named[Actor], organization_id: FromPath[UUID]
    ) -> Response[str]:
        """Put the organization on a plan by hand, whatever it pays for."""
        organization = await organization_of(organization_id)
        if organization.owner_id is None:
            raise NotFound
        form = await read_form(request, GivePlanForm)
        if form.data is not None:
            try:
                await acting.give_plan(actor, organization_id, form.data.plan)
            except Invalid as error:
                form.add("plan", error.message)
        if form.data is None or form.errors:
            owner = await _person(organization.owner_id)
            return await _show(request, actor, owner, 422, form)
        url = f"{HOME}/users/{organization.owner_id}"
        return redirect(request, url, toast=_("The plan holds from now on."))


async def _person(user_id: UUID) -> Member:
    found = await member(user_id)
    if found is None:
        raise NotFound
    return found


async def _show(
    request: Request_,
    actor: Actor,
    person: Member,
    status: int = 200,
    plan_form: Form[Any] | None = None,
) -> Response[str]:
    organization = await organization_of(person.organization_id)
    standing = await standing_of(organization.id, actor.now)
    return page(
        request,
        "staff/user.html",
        status=status,
        person=person,
        organization=organization,
        groups=await groups_of(organization.id),
        members=await members_of(organization.id),
        standing=standing,
        plans=[(plan.key, plan.name) for plan in await all_plans()],
        plan_form=plan_form or Form[Any](values={"plan": standing.plan.key}),
        flags=await flags_of(organization.id),
        pages=await pages_of(organization.id, actor.now),
        two_factor=await two_factor.is_on(person.id),
        sessions=await live_sessions(person.id, actor.now),
        describe_device=describe_device,
        actions=await actions_on(person.id),
        words_of=words_of,
    )
