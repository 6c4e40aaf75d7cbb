"""The forms of accounts."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints, ValidationInfo, field_validator

from app.auth.passwords import LONGEST, check_new_password
from app.core.addresses import KnownAddress, MailAddress
from app.core.forms import FieldError, FormModel, Verbatim
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.core.throwaway import is_throwaway
from app.core.trap import TrapForm
from app.core.zones import current_zone, zones

LONGEST_NAME = 80


def plain_name(name: str) -> str:
    """Return `name` if it is one. Raises FieldError at `name`."""
    # The name stands in mails to an address that anyone can type, so it must not carry a stranger's advertisement.
    if len(name.splitlines()) > 1 or "\t" in name:
        raise FieldError("name", _("That contains characters that can't be kept."))
    if "://" in name or "www." in name.casefold():
        raise FieldError("name", _("A name without web addresses, please."))
    return name


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(plain_name)
]
# A password is taken as it was typed, spaces at its ends included.
Password = Annotated[
    str, Verbatim(), StringConstraints(strip_whitespace=False, min_length=1, max_length=LONGEST)
]
NewPassword = Annotated[str, Verbatim(), StringConstraints(strip_whitespace=False)]


def _kept(email: str) -> str:
    if get_settings().refuse_throwaway_accounts and is_throwaway(email):
        raise ValueError(_("Please use an address that you keep: this one is thrown away soon."))
    return email


# An address that becomes an account's.
OwnAddress = Annotated[MailAddress, AfterValidator(_kept)]


def _zone_or_none(zone: str) -> str:
    # Filled in by the browser: one that we do not know is no reason to turn somebody away.
    current = current_zone(zone)
    return current if current in zones() else ""


# The browser's zone, as a hidden field sends it.
OwnZone = Annotated[str, AfterValidator(_zone_or_none)]


class SignUpForm(TrapForm):
    name: Name
    email: OwnAddress
    password: NewPassword
    zone: OwnZone = ""
    next: str = ""

    @field_validator("password")
    @classmethod
    def _good(cls, password: str, info: ValidationInfo) -> str:
        check_new_password(password, email=info.data.get("email", ""))
        return password


class LogInForm(FormModel):
    email: KnownAddress
    password: Password
    next: str = ""


class ForgotForm(FormModel):
    email: MailAddress


class ResetForm(FormModel):
    password: NewPassword

    @field_validator("password")
    @classmethod
    def _good(cls, password: str) -> str:
        check_new_password(password)
        return password


class PasswordForm(FormModel):
    current: Password
    password: NewPassword

    @field_validator("password")
    @classmethod
    def _good(cls, password: str) -> str:
        check_new_password(password)
        return password
