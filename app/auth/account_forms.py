"""The forms of one's own account, and of the second step of a login."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from app.auth.forms import Name, OwnAddress, Password
from app.core.forms import FormModel
from app.core.zones import check_zone

LONGEST_CODE = 40


def _zone_if_chosen(zone: str) -> str:
    return check_zone(zone) if zone else ""


Code = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CODE)]


class ProfileForm(FormModel):
    """`zone` "" means that none is chosen."""

    name: Name
    zone: Annotated[str, AfterValidator(_zone_if_chosen)] = ""


class AddressForm(FormModel):
    """`code` is asked for where two-factor is on."""

    email: OwnAddress
    current: Password
    code: Annotated[str, StringConstraints(max_length=LONGEST_CODE)] = ""


class BeginForm(FormModel):
    password: Password


class CodeForm(FormModel):
    """A code of the app or a recovery code, as typed."""

    code: Code


class ProofForm(FormModel):
    password: Password
    code: Code


class OwnCodesForm(FormModel):
    """The recovery codes that a page shows, sent back to be kept as a file."""

    code: list[Code] = []
