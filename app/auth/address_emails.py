"""The mails about changes of address, one function each. Called inside the transaction that causes them."""

from datetime import datetime
from typing import Any

from app.auth.addresses.changes import AddressChange
from app.core.i18n import current_language
from app.core.settings import get_settings
from app.notifications.sending import send_email


async def _send(name: str, to: str, change: AddressChange, **context: Any) -> None:
    given = {"old": change.old_email, "new": change.new_email, **context}
    await send_email(
        to,
        name,
        given,
        locale=current_language.get(),
        key=f"{name}:{change.id}",
        subject_of=change.user_id,
    )


def _url(what: str, token: str) -> str:
    return f"{get_settings().base_url}/address/{what}/{token}"


async def confirm_address(change: AddressChange, token: str) -> None:
    """Send the new address the link with which the change holds."""
    hours = get_settings().address_change_hours
    url = _url("confirm", token)
    await _send("address-confirm", change.new_email, change, confirm_url=url, hours=hours)


async def address_taken(change: AddressChange) -> None:
    """Tell the owner of an address that another account wanted it. Names nobody: a stranger may have typed it."""
    await _send("address-taken", change.new_email, change)


async def change_asked(change: AddressChange, token: str) -> None:
    """Tell the old address that the change was asked for, with a link that stops it."""
    await _send("address-change-asked", change.old_email, change, undo_url=_url("undo", token))


async def address_changed(change: AddressChange, token: str, until: datetime) -> None:
    """Tell the old address that the change holds, with a link that takes it back."""
    url = _url("undo", token)
    await _send("address-changed", change.old_email, change, undo_url=url, until=until)


async def address_kept(email: str, until: datetime) -> None:
    """Tell somebody who signs up why their address can't be used yet."""
    await send_email(
        email,
        "address-kept",
        {"until": until},
        locale=current_language.get(),
        key=f"address-kept:{email.casefold()}:{until:%Y-%m-%d}",
    )
