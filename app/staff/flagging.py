"""Setting flags, with a line in the log for each."""

from uuid import UUID

from app.auth.members import member_by_email
from app.auth.organizations import Organization, organization_of
from app.core import db
from app.core.errors import NotFound
from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.flags import switching
from app.staff.noting import Actor


async def create(actor: Actor, name: str, percentage: int) -> None:
    """Raises NotFound for a flag that the code does not ask for, Conflict when it is set already."""
    async with db.transaction():
        flag_id = await switching.create_flag(name, percentage, actor.now)
        await actor.did("set-flag", flag_id, flag=name, percentage=percentage)


async def share(actor: Actor, flag_id: UUID, percentage: int) -> None:
    """Raises NotFound."""
    async with db.transaction():
        name = await switching.set_percentage(flag_id, percentage, actor.now)
        await actor.did("set-flag-share", flag_id, flag=name, percentage=percentage)


async def set_for(actor: Actor, flag_id: UUID, who: str, on: bool) -> None:
    """Set a flag for the organization of which `who` is the id, or a member's address.

    Raises FieldError at `organization`, NotFound.
    """
    async with db.transaction():
        organization = await _organization(who)
        name = await switching.set_for(flag_id, organization.id, on, actor.now)
        said = {"flag": name, "organization": organization.name, "to": "on" if on else "off"}
        await actor.did("set-flag-for", organization.id, **said)


async def unset_for(actor: Actor, flag_id: UUID, organization_id: UUID) -> None:
    """Raises NotFound."""
    async with db.transaction():
        name = await switching.unset_for(flag_id, organization_id)
        await actor.did("unset-flag-for", organization_id, flag=name)


async def delete(actor: Actor, flag_id: UUID) -> None:
    """Raises NotFound."""
    async with db.transaction():
        name = await switching.delete_flag(flag_id)
        await actor.did("deleted-flag", flag_id, flag=name)


async def _organization(who: str) -> Organization:
    known, person = parse_id(who), await member_by_email(who)
    wanted = person.organization_id if person else known
    try:
        if wanted is not None:
            return await organization_of(wanted)
    except NotFound:
        pass
    raise FieldError("organization", _("No organization has this id, and no member this address."))
