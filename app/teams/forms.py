"""The forms of teams."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from app.auth.forms import Name, NewPassword, OwnZone, plain_name
from app.auth.passwords import check_new_password
from app.auth.permissions import RoleName
from app.core.addresses import MailAddress
from app.core.forms import FieldError, FormModel

LONGEST_NAME = 60

Roles = Annotated[list[RoleName], Field(min_length=1, validate_default=True)]
TeamName = Annotated[Name, StringConstraints(min_length=1, max_length=LONGEST_NAME)]


class InviteForm(FormModel):
    id: UUID
    email: MailAddress
    group: UUID
    roles: Roles = []


class RolesForm(FormModel):
    roles: Roles = []


class GroupOfForm(FormModel):
    group: UUID


class PlainGroupForm(FormModel):
    """A group whose name is generated."""

    id: UUID


class NewGroupForm(PlainGroupForm):
    name: TeamName


class GroupNameForm(FormModel):
    name: TeamName


class OrganizationForm(FormModel):
    organization: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]

    @field_validator("organization")
    @classmethod
    def _plain(cls, name: str) -> str:
        try:
            return plain_name(name)
        except FieldError as error:
            raise FieldError("organization", error.message) from None


class JoinForm(FormModel):
    name: Name
    password: NewPassword
    zone: OwnZone = ""

    @field_validator("password")
    @classmethod
    def _good(cls, password: str) -> str:
        check_new_password(password)
        return password
