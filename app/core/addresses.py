"""Mail addresses: one canonical form that is stored and compared, and the form that servers take (RFC 5890, IDNA).

The canonical form has its domain in lower case and in its own script (`kurt@bücher.example`), whichever way it was sent:
browsers turn what is typed into `xn--bcher-kva.example`, and mail programs do not. On the wire every domain is ASCII.
"""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints

from app.core.i18n import gettext as _
from app.core.text import strip_invisible

LONGEST_ADDRESS = 254


def read_address(text: str) -> str:
    """Return the canonical form of what was typed. "Ann <ann@example.com>", as it is copied from a mail, is taken too.

    Raises ValueError with words for who typed it.
    """
    text = strip_invisible(text).strip()
    local = text.rpartition("@")[0].rpartition("<")[2]
    if foreign := next((character for character in local if not character.isascii()), None):
        # Mail to such a mailbox needs SMTPUTF8 on every server of its way, and hardly any way has it.
        raise ValueError(
            _(
                "Mail can't be sent to an address with “%(letter)s” before the @. Please give one in plain letters.",
                letter=foreign,
            )
        )
    if len(text) > LONGEST_ADDRESS and "<" not in text:
        raise ValueError(_("At most %(n)s characters, please.", n=LONGEST_ADDRESS))
    return _checked(text)


def _checked(text: str) -> str:
    try:
        found = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, allow_display_name=True
        )
    except EmailNotValidError as error:
        # The library's reasons are written for people.
        raise ValueError(str(error)) from error
    if len(found.normalized) > LONGEST_ADDRESS:
        raise ValueError(_("At most %(n)s characters, please.", n=LONGEST_ADDRESS))
    return found.normalized


def canonical_address(text: str) -> str:
    """Return an address as it is stored, for looking it up; what is no address comes back as it is, trimmed."""
    try:
        return _checked(strip_invisible(text).strip())
    except ValueError:
        return text.strip()


def wire_address(address: str) -> str:
    """Return an address as mail servers and other services take it: its domain in ASCII.

    Raises ValueError when there is no such form, as for what an earlier version stored.
    """
    if address.isascii():
        return address
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return found.ascii_email or address


def wire_or_same(address: str) -> str:
    """Return the form of an address for servers, or the address itself when it has none."""
    try:
        return wire_address(address)
    except ValueError:
        return address


# The address of a form: canonical, or refused beside its field.
MailAddress = Annotated[str, StringConstraints(max_length=1000), AfterValidator(read_address)]
# An address that is only looked up: whatever it is, it is found as it is stored.
KnownAddress = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_ADDRESS),
    AfterValidator(canonical_address),
]
